-- Requests that were in flight when the run that sent them ended or died: whether they arrived is not known.
UPDATE hkpost.api_call
SET outcome = 'lost', error = 'in flight when its run ended'
WHERE account = :account AND outcome = 'in_flight' AND fence < :before_fence;
