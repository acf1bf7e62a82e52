-- What an earlier replay left behind.
DELETE FROM hkpost.replay_answer;
