"""Page *Try*: one text, its answer, and which words decided."""

from __future__ import annotations

import streamlit as st

from sentilora.model.tokens import MOSTLY_UNKNOWN
from sentilora.ui import session
from sentilora.ui.display.answer_html import (
    paint_bars,
    paint_headline,
    paint_legend,
    paint_table,
    paint_words,
)
from sentilora.ui.display.error_messages import told
from sentilora.ui.models.single_answer import EXAMPLES, Answer, ask, explained
from sentilora.ui.settings import NOT_SURE

TEXT, HISTORY, PENDING = "try-text", "try-history", "try-pending"
MOST_CHARACTERS = 100_000
MOST_ANSWERS = 50


def show() -> None:
    """Draw the page."""
    st.title("Try a text", anchor=False)
    history: list[Answer] = st.session_state.setdefault(HISTORY, [])
    with st.form("try", border=False):
        st.text_area(
            "Your text",
            key=TEXT,
            height=110,
            placeholder="Type or paste a text, then press Ctrl+Enter",
        )
        explain = st.checkbox("Show which words decided", value=True, key="try-explain")
        is_asked = st.form_submit_button("Analyse", type="primary", icon=":material/bolt:")
    place = st.container()  # the answer stands above the examples, but is known after them
    st.caption("Or try one of these:")
    with st.container(horizontal=True, gap="small"):
        for number, example in enumerate(EXAMPLES):
            st.button(example, key=f"example-{number}", on_click=_take, args=(example,))
    with place:
        if is_asked or st.session_state.pop(PENDING, False):
            _answer(history, explain)
        elif history:
            _show_answer(history[0])
            _show_words(history[0])
    if history:
        _show_history(history)


def _take(example: str) -> None:
    st.session_state[TEXT] = example
    st.session_state[PENDING] = True


def _answer(history: list[Answer], explain: bool) -> None:
    """Put the text to the model, and show the answer before the longer work of explaining it."""
    text = st.session_state[TEXT]
    if not text.strip():
        st.warning("There is no text yet. Type one, or choose an example.", icon=":material/edit:")
        return
    if len(text) > MOST_CHARACTERS:
        st.warning(
            f"The text has {len(text):,} characters, and this page takes {MOST_CHARACTERS:,} at "
            "most. Shorten it, or put your texts into a file and open it on the page File.",
            icon=":material/edit:",
        )
        return
    with told():
        model = session.chosen_model()
        answer = ask(model, session.chosen().name, text, session.not_sure_below())
        history.insert(0, answer)
        del history[MOST_ANSWERS:]
        _show_answer(answer)
        if explain:
            with st.spinner("Looking at the words …"):
                history[0] = explained(answer, model)
        _show_words(history[0])


def _show_answer(answer: Answer) -> None:
    st.html(str(paint_headline(answer.prediction, f"by {answer.model}")))
    st.html(str(paint_bars(answer.prediction.probabilities, answer.prediction.label)))
    if answer.prediction.truncated:
        st.caption("The text is longer than this model reads; words it did not read stay plain.")
    if answer.prediction.unknown >= MOSTLY_UNKNOWN:
        st.caption(
            f"This model does not know {answer.prediction.unknown:.0%} of the text (another "
            "script, or emoji): its answer tells little."
        )


def _show_words(answer: Answer) -> None:
    if answer.explanation is not None:
        st.html(str(paint_words(answer.text, answer.explanation)))
        st.html(str(paint_legend(answer.explanation)))
    with st.expander("Details"):
        lines = [f"Computed by {answer.machine} in {answer.milliseconds:,.0f} ms."]
        if (found := answer.explanation) is not None:
            lines.append(
                f"Words: added log-odds of the answer {found.label}, by {found.method}, in "
                f"{answer.explained_ms or 0.0:,.0f} ms."
            )
        st.text("\n".join(lines))


def _show_history(history: list[Answer]) -> None:
    with st.expander(f"History of this session ({len(history)})"):
        rows = [
            [
                _shortened(one.text),
                NOT_SURE if one.prediction.abstained else one.prediction.label,
                f"{one.prediction.score:.1%}",
                one.model,
                f"{one.milliseconds:,.0f} ms",
            ]
            for one in history
        ]
        headings = ["Text", "Label", "Probability", "Model", "Time"]
        st.html(str(paint_table(headings, rows, caption="Newest first; gone with this page")))
        st.button("Clear the history", on_click=history.clear, icon=":material/delete:")


def _shortened(text: str, most: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
