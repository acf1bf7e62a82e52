-- Every function of the warehouse that an analyst may call, with its comment.
SELECT function.proname || '(' || pg_get_function_identity_arguments(function.oid) || ')' AS name,
       obj_description(function.oid, 'pg_proc') AS comment
  FROM pg_proc AS function
 WHERE function.pronamespace = 'hkpost'::regnamespace
   AND has_function_privilege('hkpost_analyst', function.oid, 'EXECUTE')
 ORDER BY name;
