"""Which reported event is which known one: the rules for the events of one item."""

import itertools
import random
from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hkpost.ecship.rows import Texts
from hkpost.history.assignment import best_assignment
from hkpost.history.event import Event
from hkpost.history.observation import Observation, comparison_key, time_key
from hkpost.history.reconcile import Reconciled, oldest_first, reconcile
from tests.helpers.observations import merged, observation

ITEM = "RB123456785HK"
NOON = "2017-03-01T12:00"
LATER = "2017-03-01T13:00"
WORDS = {
    "Posted": Texts("Posted", "已投寄", "已投寄了"),
    "Arrived": Texts("Arrived", "已到達", "已到达"),
    "Delivered": Texts("Delivered", "成功派遞", "成功派递"),
    "Customs": Texts("Presented to customs", "海關", "海关"),
}
PLACES = {"": Texts(), "HK": Texts("HONG KONG", "香港", "香港。"), "US": Texts("USA", "美國", "美国")}


def observed(word: str, when: str = NOON, place: str = "HK", lang: str = "A") -> Observation:
    return observation(when, place, in_language(PLACES[place], lang), in_language(WORDS[word], lang))


def in_language(texts: Texts, lang: str) -> Texts:
    return texts if lang == "A" else Texts(**{lang.lower(): getattr(texts, lang.lower())})


def ask(known: Sequence[Event], *reported: Observation) -> tuple[list[Event], Reconciled]:
    """One more answer: the item's events afterwards, as they are known then, and what was decided."""
    decided = reconcile(known, reported, item_no=ITEM)
    return merged(known, decided), decided


def keys(decided: Reconciled) -> list[str]:
    return [event.event_key for event in decided.matches]


def assert_nothing_changed(before: list[Event], after: list[Event]) -> None:
    assert sorted(before, key=lambda e: e.event_key) == sorted(after, key=lambda e: e.event_key)


# What makes two tellings one event


def test_same_answer_twice_adds_nothing() -> None:
    history = [observed("Posted"), observed("Arrived", LATER, "US"), observed("Arrived", LATER, "US")]
    known, first = ask([], *history)
    again, second = ask(known, *history)
    assert sorted(keys(first)) == sorted(keys(second))
    assert not second.retracted
    assert_nothing_changed(known, again)


@pytest.mark.parametrize("order", list(itertools.permutations("AECS", 3)))
def test_languages_in_any_order_add_nothing(order: tuple[str, ...]) -> None:
    def history(lang: str) -> list[Observation]:
        return [
            observed("Posted", NOON, "HK", lang),
            observed("Arrived", NOON, "HK", lang),
            observed("Delivered", LATER, "US", lang),
        ]

    known, first = ask([], *history(order[0]))
    for lang in order[1:]:
        known, later = ask(known, *history(lang))
        assert keys(later) == keys(first)
        assert not later.retracted
    messages = {event.observation.message.texts for event in known}
    expected = {WORDS[word] for word in ("Posted", "Arrived", "Delivered")}
    assert len(known) == 3
    if "A" in order:
        assert messages == expected


def test_order_of_the_answer_decides_nothing_when_a_language_is_shared() -> None:
    history = [
        observed("Posted"),
        observed("Arrived"),
        observed("Delivered", LATER),
        observed("Customs", LATER, "US"),
    ]
    known, first = ask([], *history)
    by_message = {event.reported.message.texts: event.event_key for event in first.matches}
    for order in itertools.permutations(history):
        _, decided = ask(known, *order)
        assert {e.reported.message.texts: e.event_key for e in decided.matches} == by_message


def test_without_a_shared_language_position_decides_whichever_way_the_history_runs() -> None:
    oldest = [
        observed("Posted", lang="E"),
        observed("Arrived", lang="E"),
        observed("Delivered", LATER, lang="E"),
    ]
    known, _ = ask([], *oldest)
    chinese = [
        observed("Posted", lang="C"),
        observed("Arrived", lang="C"),
        observed("Delivered", LATER, lang="C"),
    ]
    for history in (chinese, chinese[::-1]):
        after, decided = ask(known, *history)
        assert not decided.retracted
        pairs = {event.observation.message.texts[:2] for event in after}
        assert pairs == {WORDS[word][:2] for word in ("Posted", "Arrived", "Delivered")}


def test_without_a_shared_language_the_event_type_speaks_before_the_position() -> None:
    first = [
        observation(NOON, "HK", message=Texts(e="Arrived"), event_type="EMG"),
        observation(NOON, "HK", message=Texts(e="Delivered"), event_type="EMI"),
    ]
    known, decided = ask([], *first)
    _, after = ask(known, observation(NOON, "HK", message=Texts(c="成功派遞"), event_type="EMI"))
    assert keys(after) == [keys(decided)[1]]


def test_a_place_filled_in_later_replaces_the_empty_one() -> None:
    known, first = ask([], observed("Posted", place=""))
    after, second = ask(known, observed("Posted", place="HK"))
    assert keys(first) == keys(second)
    assert [event.observation for event in after] == [observed("Posted", place="HK")]


def test_a_place_left_out_later_stays() -> None:
    known, _ = ask([], observed("Posted", place="HK"))
    after, _ = ask(known, observed("Posted", place=""))
    assert_nothing_changed(known, after)


def test_one_place_filled_in_while_another_is_left_out_adds_nothing() -> None:
    known, _ = ask([], observed("Arrived", place="HK"), observed("Arrived", place=""))
    after, decided = ask(known, observed("Arrived", place=""), observed("Arrived", place="US"))
    assert (len(after), decided.retracted) == (2, [])
    assert {event.observation.place.location_code for event in after} == {"HK", "US"}


@pytest.mark.parametrize("code", ["HK", "HKG"])
def test_of_two_equal_events_the_one_at_the_known_place_is_the_known_one(code: str) -> None:
    words = WORDS["Posted"]
    known, first = ask([], observation(NOON, code, message=words))
    placed = observed("Posted", place="HK")
    known, second = ask(known, placed, observed("Posted", place=""))
    assert keys(second)[0] == keys(first)[0]
    after, third = ask(known, placed, observed("Posted", place="US"))
    assert keys(third) == keys(second)
    assert [event.observation.place.location_code for event in after] == ["HK", "US"]


def test_another_place_is_another_event() -> None:
    known, _ = ask([], observed("Arrived", place="HK"))
    after, decided = ask(known, observed("Arrived", place="US"))
    assert len(after) == 2
    assert len(decided.retracted) == 1


def test_places_are_compared_by_code_then_by_shared_texts() -> None:
    def at(code: str, **texts: str) -> Observation:
        return observation(NOON, code, Texts(**texts), Texts(e="Arrived"))

    def same(one: Observation, other: Observation) -> bool:
        known, _ = ask([], one)
        return len(ask(known, other)[0]) == 1

    assert same(at("HK", e="HONG KONG"), at("HK", e="KOWLOON"))
    assert same(at("", e="Hong Kong"), at("", e="HONG  KONG"))
    assert same(at("HK", e="HONG KONG"), at("", e="HONG KONG"))
    assert same(at("", e="HONG KONG"), at("", c="香港"))
    assert same(at("HK"), at("", c="香港"))
    assert same(at("HK"), at("HKG"))
    assert same(at("HK"), at("Hong Kong")), "a name in place of a code"
    assert not same(at("HK"), at("US"))
    assert not same(at("Q1"), at("Q2")), "unknown codes are countries of their own"
    assert not same(at("", e="HONG KONG"), at("", e="MACAO"))
    assert not same(at("HK", e="HONG KONG"), at("", e="MACAO"))


def test_full_stop_blanks_and_case_make_no_other_wording() -> None:
    known, _ = ask([], observation(NOON, message=Texts(e="Delivered")))
    after, _ = ask(known, observation(NOON, message=Texts(e=" delivered.")))
    assert_nothing_changed(known, after)


def test_item_numbers_and_dates_inside_a_wording_count() -> None:
    known, _ = ask([], observation(NOON, message=Texts(e="left on 10-Oct-2015")))
    after, decided = ask(known, observation(NOON, message=Texts(e="left on 11-Oct-2015")))
    assert len(after) == 2
    assert len(decided.retracted) == 1


def test_a_wording_corrected_in_one_language_is_the_same_event() -> None:
    known, _ = ask([], observation(NOON, message=Texts("Delivered", "派遞")))
    after, _ = ask(known, observation(NOON, message=Texts("Delivered", "成功派遞")))
    assert [event.observation.message.texts for event in after] == [Texts("Delivered", "成功派遞")]


def test_full_agreement_goes_before_a_correction() -> None:
    right = observation(NOON, message=Texts("Delivered", "成功派遞"))
    known, first = ask([], observation(NOON, message=Texts("Delivered", "派遞")), right)
    _, second = ask(known, right)
    assert keys(second) == [keys(first)[1]]
    assert second.retracted == [keys(first)[0]]


def test_another_minute_is_another_event() -> None:
    known, _ = ask([], observed("Posted", NOON))
    after, _ = ask(known, observed("Posted", LATER))
    assert len(after) == 2


def test_unreadable_times_are_compared_as_text() -> None:
    one, same, other = time_key(None, "1st  March"), time_key(None, " 1st March"), time_key(None, "2nd March")
    known, first = ask([], observed("Posted", one))
    assert keys(ask(known, observed("Posted", same))[1]) == keys(first)
    assert keys(ask(known, observed("Posted", other))[1]) != keys(first)
    assert time_key(datetime(2017, 3, 1, 12), "01-03-2017 12:00") == NOON


# What comes, goes and comes back


def test_an_event_no_longer_reported_is_retracted_and_returns_with_its_key() -> None:
    known, first = ask([], observed("Posted"), observed("Arrived", LATER))
    known, second = ask(known, observed("Posted"))
    assert second.retracted == [keys(first)[1]]
    known, third = ask(known, observed("Posted"), observed("Arrived", LATER))
    assert keys(third) == keys(first)
    assert [event.returned for event in third.matches] == [False, True]
    assert len(known) == 2


def test_an_empty_history_retracts_nothing() -> None:
    known, _ = ask([], observed("Posted"))
    after, decided = ask(known)
    assert decided.retracted == []
    assert_nothing_changed(known, after)


def test_equal_events_are_told_apart_by_their_ordinal() -> None:
    known, first = ask([], observed("Posted"))
    known, second = ask(known, observed("Posted"), observed("Posted"))
    _, at_once = ask([], observed("Posted"), observed("Posted"))
    assert set(keys(second)) == set(keys(at_once)) > set(keys(first))
    _, third = ask(known, observed("Posted"))
    assert keys(third) == keys(first)


def test_keys_are_sixteen_hexadecimal_digits_of_this_item_alone() -> None:
    one = reconcile((), [observed("Posted")], item_no=ITEM).matches[0].event_key
    other = reconcile((), [observed("Posted")], item_no="RB000000010HK").matches[0].event_key
    assert len(one) == 16
    assert set(one) <= set("0123456789abcdef")
    assert one != other


def test_positions_run_from_the_oldest() -> None:
    rising = [observed("Posted", NOON), observed("Arrived", NOON), observed("Delivered", LATER)]
    assert oldest_first(rising) == [1, 2, 3]
    assert oldest_first(rising[::-1]) == [3, 2, 1]
    assert oldest_first([observed("Posted", time_key(None, "?")), *rising[::-1]]) == [4, 3, 2, 1]


def test_a_minute_of_thousands_of_events_is_decided_in_moments() -> None:
    hostile = [observation(NOON, message=Texts(e=f"event {n}")) for n in range(3000)]
    known, _ = ask([], *hostile)
    after, decided = ask(
        known, *(observation(NOON, "HK", h.place.location, h.message.texts) for h in hostile)
    )
    assert not decided.retracted
    assert len(after) == 3000


# Properties, over histories of few words, minutes and places, where everything collides

HISTORIES = st.lists(
    st.builds(
        observed,
        st.sampled_from(sorted(WORDS)),
        st.sampled_from([NOON, LATER, time_key(None, "soon")]),
        st.sampled_from(sorted(PLACES)),
    ),
    max_size=7,
)


def spoken(history: Sequence[Observation], lang: str) -> list[Observation]:
    return [
        observation(
            h.time_key,
            h.place.location_code,
            in_language(h.place.location, lang),
            in_language(h.message.texts, lang),
        )
        for h in history
    ]


def as_multiset(history: Sequence[Observation]) -> list[tuple[str, ...]]:
    return sorted((h.time_key, *h.content) for h in history)


def current(known: Sequence[Event]) -> list[Observation]:
    return [event.observation for event in known if event.retracted_at is None]


def by_key(known: Sequence[Event]) -> set[tuple[str, str, tuple[str, ...], bool]]:
    return {
        (e.event_key, e.observation.time_key, e.observation.content, e.retracted_at is not None)
        for e in known
    }


@given(st.lists(HISTORIES, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_property_permuted_answers_give_the_same_result(
    answers: list[list[Observation]], chance: random.Random
) -> None:
    straight: list[Event] = []
    shuffled: list[Event] = []
    for answer in answers:
        straight, _ = ask(straight, *answer)
        chance.shuffle(shuffled)
        shuffled, _ = ask(shuffled, *chance.sample(answer, len(answer)))
    assert by_key(straight) == by_key(shuffled)


@given(st.lists(HISTORIES, min_size=1, max_size=5))
def test_property_repeated_answers_change_nothing(answers: list[list[Observation]]) -> None:
    known: list[Event] = []
    for answer in answers:
        known, _ = ask(known, *answer)
        again, decided = ask(known, *answer)
        assert_nothing_changed(known, again)
        assert not decided.retracted


@given(HISTORIES.filter(bool), st.lists(st.sampled_from("AECS"), min_size=1, max_size=5))
def test_property_languages_add_and_retract_nothing(history: list[Observation], languages: list[str]) -> None:
    history.sort(key=lambda h: h.time_key)
    known: list[Event] = []
    for lang in languages:
        known, decided = ask(known, *spoken(history, lang))
        assert not decided.retracted
        assert len(known) == len(history)


@given(st.lists(HISTORIES, min_size=1, max_size=6))
def test_property_current_events_are_the_last_good_answer(answers: list[list[Observation]]) -> None:
    known: list[Event] = []
    good: list[Observation] = []
    for answer in answers:
        known, _ = ask(known, *answer)
        good = answer or good
        assert len(current(known)) == len(good)
        assert len({event.event_key for event in known}) == len(known)
        # A place known from before may stand where this answer leaves it empty; all else is as answered.
        assert sorted((h.time_key, *h.content[:3]) for h in current(known)) == sorted(
            (h.time_key, *h.content[:3]) for h in good
        )


@given(HISTORIES.filter(bool), st.integers(0, 7))
def test_property_a_history_in_two_parts_is_the_history_at_once(history: list[Observation], cut: int) -> None:
    history = [
        h for h in history if h.place.location_code
    ]  # an empty place may be filled from the other part
    at_once, _ = ask([], *history)
    in_parts, _ = ask([], *history[:cut])
    in_parts, _ = ask(in_parts, *history)
    assert by_key(at_once) == by_key(in_parts)


@given(HISTORIES.filter(bool), st.data())
def test_property_places_filled_later_add_nothing(history: list[Observation], data: st.DataObject) -> None:
    blank = data.draw(st.lists(st.booleans(), min_size=len(history), max_size=len(history)))
    before = [
        observation(h.time_key, message=h.message.texts) if gone else h
        for h, gone in zip(history, blank, strict=True)
    ]
    known, _ = ask([], *before)
    known, decided = ask(known, *history)
    assert not decided.retracted
    assert as_multiset([e.observation for e in known]) == as_multiset(history)


@given(HISTORIES.filter(bool), st.integers(0, 6))
def test_property_what_is_retracted_returns_under_its_key(history: list[Observation], gone: int) -> None:
    known, first = ask([], *history)
    known, _ = ask(known, *(history[:gone] + history[gone + 1 :]))
    known, third = ask(known, *history)
    assert len(known) <= len(history) + 1
    assert sorted(keys(third)) == sorted(keys(first))


@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_property_the_assignment_is_the_best_there_is(rows: int, columns: int, data: st.DataObject) -> None:
    line = st.lists(st.integers(0, 9), min_size=columns, max_size=columns)
    weights = data.draw(st.lists(line, min_size=rows, max_size=rows))
    chosen = best_assignment(weights)
    used = [column for column in chosen if column is not None]
    assert len(set(used)) == len(used)
    total = sum(weights[row][column] for row, column in enumerate(chosen) if column is not None)
    slots = [*range(columns), *[-1] * rows]
    best = max(
        sum(weights[row][column] for row, column in enumerate(choice) if column >= 0)
        for choice in set(itertools.permutations(slots, rows))
    )
    assert total == best


@given(st.text())
def test_property_plain_is_its_own_comparison_key(text: str) -> None:
    assert comparison_key(comparison_key(text)) == comparison_key(text)
