"""Whatever shape an answer has, its rows are the same; whatever is done to it, it is read or called unreadable."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hkpost.ecship import Answer, ItemAnswer, ReportedEvent, Texts, UnreadableAnswer
from hkpost.ecship.soap.wire import SoapWire
from tests.helpers.answers_in_any_shape import Shape

parse_answer = SoapWire.answer

WORDS = st.text("abZ 9&<>'\"-:派递遞é.", max_size=8).map(str.strip).filter(lambda text: "]]>" not in text)
TEXTS = st.builds(Texts, WORDS, WORDS, WORDS)
EVENTS = st.builds(
    ReportedEvent,
    event_date_time=st.sampled_from(("01-03-2017 11:00", "27-02-2017 16:00", "soon")),
    location_code=st.sampled_from(("HK", "USA", "")),
    location=TEXTS,
    message=TEXTS,
    event_code=st.just(""),
)


@st.composite
def items(draw: st.DrawFn, number: str) -> ItemAnswer:
    status = draw(st.sampled_from((0, 1001, 1003)))
    return ItemAnswer(
        number,
        status,
        str(status),
        draw(WORDS),
        draw(st.sampled_from(("", "27-02-2017 16:00"))),
        *draw(st.tuples(TEXTS, WORDS, TEXTS, WORDS, TEXTS)),
        milestone=draw(TEXTS),
        events=tuple(draw(st.lists(EVENTS, max_size=3))),
    )


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    numbers = draw(st.lists(st.sampled_from(("RB1HK", "EA2HK", "CP3HK")), unique=True, min_size=1))
    found = tuple(draw(items(number)) for number in numbers)
    count = draw(st.sampled_from((None, len(found))))
    return Answer(0, "0", draw(WORDS), count, found)


def in_order(answer: Answer) -> tuple[object, ...]:
    """An answer without the order of its items and events, which means nothing."""
    found = [(item.item_no, item, sorted(item.events, key=repr)) for item in answer.items]
    for _, item, _ in found:
        object.__setattr__(item, "events", ())
    return (
        *(getattr(answer, name) for name in ("status_text", "err_msg", "item_count", "unclaimed")),
        sorted(found, key=repr),
    )


@given(answers(), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_any_order_prefix_namespace_container_nesting_and_empty_field_gives_the_same_rows(
    answer: Answer, seed: int
) -> None:
    assert in_order(parse_answer(Shape(Random(seed)).body(answer))) == in_order(answer)


def readable(body: bytes, content_type: str = "") -> bool:
    """Whether a body is read; anything but an answer or UnreadableAnswer fails the test."""
    try:
        parse_answer(body, content_type)
    except UnreadableAnswer:
        return False
    return True


@given(
    st.sampled_from((b"", b"<r>", b"--x\r\n", b"<?xml version='1.0'?>", b"\xff\xfe", b"\xef\xbb\xbf<a>")),
    st.binary(),
)
def test_any_bytes_are_read_or_called_unreadable(start: bytes, body: bytes) -> None:
    readable(start + body)


@given(
    answers(),
    st.integers(0, 2**32),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.2), st.binary(max_size=4), st.booleans()), max_size=4),
    st.sampled_from(
        ("", "text/xml; charset=big5", "multipart/related; boundary=x", "text/xml; charset=\x00")
    ),
)
@settings(max_examples=150, deadline=None)
def test_an_answer_whose_bytes_are_spoilt_is_read_or_called_unreadable(
    answer: Answer, seed: int, spoils: list[tuple[float, float, bytes, bool]], content_type: str
) -> None:
    body = Shape(Random(seed)).body(answer)
    for where, how_much, instead, twice in spoils:
        start = int(where * len(body))
        end = start + int(how_much * len(body))
        body = body[:start] + instead + (body[start:end] * 2 if twice else b"") + body[end:]
    readable(body, content_type)


@given(answers(), st.integers(0, 2**32), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_an_answer_that_is_cut_off_is_never_read(answer: Answer, seed: int, where: float) -> None:
    body = Shape(Random(seed)).body(answer).rstrip()
    assert not readable(body[: int(where * (len(body) - 4))])
