-- The states of an item, in their order.
SELECT state, state_rank, is_open, is_terminal, stage, tone, name_e, name_c, name_s
FROM hkpost.dim_state
ORDER BY state_rank, state;
