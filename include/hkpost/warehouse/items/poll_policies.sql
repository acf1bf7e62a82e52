-- How often each state is asked again.
SELECT state, poll_after, silence_share, poll_at_most
FROM hkpost.poll_policy;
