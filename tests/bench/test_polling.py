"""Asking when it pays asks less than today's policy at the same lateness, and as it does where nothing was learned."""

import numpy as np

from bench.polling.policies import by_state, cost, fixed, learned, taught
from bench.polling.section import saved, seeded_policies
from bench.polling.world import DAY, world

POLICIES = seeded_policies()
MAIL = world(21, 150, 14)


def test_after_thirty_days_a_third_fewer_questions_tell_as_early() -> None:
    ours = cost(MAIL, learned(taught(world(22, 3_000, 30), 30 * DAY), 0.5, POLICIES))
    theirs = [cost(MAIL, by_state(POLICIES, scale)) for scale in (0.5, 1)]
    for others in (theirs, [cost(MAIL, fixed(hours)) for hours in (1, 2, 4)]):
        share = saved(ours, others)
        assert share is not None and share >= 0.35


def test_on_the_first_day_each_item_is_asked_as_the_policy_says() -> None:
    nothing = taught(world(22, 300, 30), 0.0)
    assert nothing is None
    assert cost(MAIL, learned(nothing, 0.5, POLICIES)) == cost(MAIL, by_state(POLICIES, 1))


def test_the_simulated_mail_has_its_events_in_order() -> None:
    happened = np.isfinite(MAIL.events)
    assert (np.diff(np.where(happened, MAIL.events, np.inf), axis=1)[happened[:, 1:]] >= 0).all()
    assert (MAIL.events[:, 0] > MAIL.registered).all()
