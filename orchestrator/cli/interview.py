"""The eight questions on a terminal: enter skips one, ctrl+d starts with what is there."""

import sys
from collections.abc import Callable
from typing import TextIO

from orchestrator.intake.questions import QUESTIONS, AnswerError, Answers, Question, answer

Ask = Callable[[], str]


def interview(
    now: float, known: Answers, ask: Ask | None = None, out: TextIO | None = None
) -> Answers:
    """Ask what is not known yet. A wrong answer is asked for again; none is ever required."""
    ask, out = ask or input, out or sys.stderr
    answers = dict(known)
    open_questions = [question for question in QUESTIONS if question.key not in answers]
    print("Enter skips a question, ctrl+d starts with what is there.\n", file=out)
    for question in open_questions:
        try:
            kept = _asked(question, now, ask, out)
        except EOFError:
            print(file=out)
            break
        if kept:
            answers[question.key] = kept
    return dict(sorted(answers.items()))


def _asked(question: Question, now: float, ask: Ask, out: TextIO) -> str:
    print(f"{question.key[1:]}/{len(QUESTIONS)}  {question.text}", file=out)
    if question.choices:
        words = (f"{n} {choice.word}" for n, choice in enumerate(question.choices, start=1))
        several = " (several: 1, 2)" if question.kind == "several" else ""
        own = ", or your own words" if question.free else ""
        print(f"     {'  '.join(words)}{own}{several}", file=out)
    if question.hint:
        print(f"     {question.hint}", file=out)
    while True:
        print("   > ", end="", file=out, flush=True)
        try:
            kept = answer(question, ask(), now)
        except AnswerError as error:
            print(f"     {str(error).partition(': ')[2]}; or enter to skip", file=out)
            continue
        print(f"     {kept or 'skipped'}\n", file=out)
        return kept
