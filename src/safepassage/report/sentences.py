"""The answer in sentences: the same ones in the terminal and on the page, fit to be read aloud."""

from __future__ import annotations

from typing import Literal

from safepassage.report.facts import CorridorFlow, CountAnswer, Facts, Remaining, StepFact
from safepassage.report.wording import (
    count,
    day,
    duration,
    joined,
    kilometres,
    moment,
    people,
    percent,
    plural,
)

__all__ = [
    "Verdict",
    "against_deadline",
    "answer",
    "chain",
    "changed",
    "checked",
    "count_answer",
    "least",
    "not_modelled",
    "optimality",
    "proof",
    "question",
    "remain",
    "route",
    "standing",
    "tabled",
    "verdict",
]

Verdict = Literal["yes", "no", "not found"]


def verdict(found: CountAnswer) -> Verdict:
    """Say yes, no, or that this plan does not do it but another one might.

    "No" is said only where a bound or the terms say so: a plan that fails proves nothing by itself,
    nor do people for whom no timetable was found.
    """
    if found.figures.feasible:
        return "yes"
    return "no" if found.cannot_go or found.proven_impossible else "not found"


def question(facts: Facts) -> str:
    """The question that is answered."""
    deadline = facts.answer.deadline
    if deadline is None:
        return "How long does it take until everyone is out? The terms state no deadline."
    within = duration(facts.answer.figures.deadline_s or 0)
    return f"Can everyone be out by {moment(deadline)}, {within} after the start?"


def tabled(facts: Facts) -> str:
    """Who put the proposal on the table, when, and what became of it."""
    proposal = facts.proposal
    status = proposal.status.value.replace("_", " ")
    by = joined(proposal.tabled_by)
    return f"Tabled by {by} on {day(proposal.tabled)}; last known status: {status}."


def changed(facts: Facts) -> str:
    """Which terms are not as they are on the table."""
    return (
        f"Not the terms as they stand, but with {joined(list(facts.case.overrides))}. "
        "What is set so is assumed."
    )


def answer(facts: Facts) -> str:
    """The answer for all counts in one sentence or two."""
    main = facts.answer
    if main.figures.deadline_s is None:
        return f"At the {main.level} count, {_said(main)}"
    by_verdict: dict[Verdict, list[CountAnswer]] = {}
    for each in facts.answers.values():
        by_verdict.setdefault(verdict(each), []).append(each)
    parts = [
        # Counts that are the same are told once.
        f"{_WORDS[v]} for {joined(list(dict.fromkeys(count(a.figures.persons) for a in found)))}"
        for v, found in by_verdict.items()
    ]
    if len(by_verdict) == 1 and len(facts.answers) > 1:
        word = _WORDS[verdict(main)]
        parts = [f"{word}, at {'every count' if word == 'Yes' else 'none of the counts'}"]
    first = ", ".join(p if i == 0 else p[0].lower() + p[1:] for i, p in enumerate(parts))
    return f"{first}. At the {main.level} count, {_said(main)}"


_WORDS: dict[Verdict, str] = {"yes": "Yes", "no": "No", "not found": "Not with the plan found"}


def count_answer(found: CountAnswer) -> str:
    """The answer for one count, as a sentence."""
    words = _said(found)
    return words[0].upper() + words[1:]


def _said(found: CountAnswer) -> str:
    figures = found.figures
    if figures.persons == 0:
        return "nobody is to leave."
    if found.clearance is None:
        gone = people(found.carried)
        left = sum(left.persons for left in found.left)
        reason = f": {found.left[0].reason.rstrip('.')}" if found.left else ""
        if not found.cannot_go:
            return f"the plan found brings out {gone} and leaves {people(left)}{reason}."
        return f"{gone} can be brought out and {people(left)} cannot{reason}."
    last = moment(found.clearance, up=True)
    took = duration(figures.clearance_time_s or 0, up=True)
    everyone = f"all {people(figures.persons)}" if figures.persons > 1 else "the one person"
    if figures.deadline_s is None:
        return f"{everyone} can be out in {took}: the last reaches safety at {last}."
    if figures.feasible:
        return (
            f"{everyone} can be out in time: the last reaches safety at {last}, "
            f"{against_deadline(found)}."
        )
    inside = figures.persons - figures.evacuated_by_deadline
    late = against_deadline(found)
    if figures.slack_s is not None and figures.slack_s >= 0:
        # Late for an earlier deadline of their group, or for the end of the window.
        late = f"{late} of the last group, and too late for an earlier limit"
    return (
        f"{people(figures.evacuated_by_deadline)} are out in time and {count(inside)} are not; "
        f"the last would reach safety at {last}, {late}."
    )


def against_deadline(found: CountAnswer) -> str:
    """How long before or after the deadline the last person is out."""
    slack = found.figures.slack_s
    if slack is None:
        return "no deadline" if found.figures.deadline_s is None else "not everyone"
    if slack >= 0:
        return f"{duration(slack)} before the deadline"
    return f"{duration(-slack, up=True)} after the deadline"


def least(found: CountAnswer) -> str:
    """The time before which not everyone can be out; a dash where nothing is proven of it."""
    bound = found.figures.lower_bound_s
    return duration(bound) if bound or found.figures.persons == 0 else "-"


def proof(found: CountAnswer) -> str:
    """What is proven, and how near to it the plan is."""
    figures = found.figures
    parts = []
    if found.proven_impossible and figures.deadline_s is not None:
        done = figures.evacuated_by_deadline
        most = figures.evacuated_at_most
        brings = "as many" if done == most else count(done)
        parts.append(
            f"No timetable under these terms can bring out more than {people(most)} in time; "
            f"this one brings out {brings}."
        )
    if figures.clearance_time_s is not None and figures.lower_bound_s > 0:
        least = duration(figures.lower_bound_s)
        parts.append(f"No timetable can have everyone out in less than {least}; {_near(found)}.")
    return " ".join(parts) or "Nothing is proven about other timetables."


def _near(found: CountAnswer) -> str:
    figures = found.figures
    taken = duration(figures.clearance_time_s or 0, up=True)
    return f"this one takes {taken}, {optimality(found)}"


def optimality(found: CountAnswer) -> str:
    """How near the plan is to the proven least clearance time."""
    gap = found.figures.gap
    if gap is None:
        return "with no bound to compare"
    if gap <= 0:
        return "which is the least there can be"
    return f"{percent(gap, 1)} more than proven necessary"


def checked(found: CountAnswer) -> str:
    """What the separate checker says of plan and proof."""
    verification = found.verification
    if not verification.valid:
        wrong = sum(f.severity == "error" for f in verification.findings)
        return f"The separate checker refuses this plan: {plural(wrong, 'error')}."
    if verification.lower_bound_verified:
        return (
            "A separate checker, which shares nothing with the planner, has replayed every convoy "
            "and verified the proof from the terms and the map."
        )
    return (
        "A separate checker has replayed every convoy and accepts the plan, but has not verified "
        "the bound: take it as not proven."
    )


def route(facts: Facts) -> str:
    """By which way people leave."""
    used = [flow for flow in facts.corridors if flow.persons]
    if not used:
        return "Nobody can be moved."
    return f"By {joined([_way(facts, flow) for flow in used])}."


def _way(facts: Facts, flow: CorridorFlow) -> str:
    name = facts.names.corridors[flow.corridor].text.removeprefix("the ")
    far = kilometres(flow.longest_m)
    if flow.longest_m - flow.shortest_m >= 100:
        far = f"{flow.shortest_m / 1000:.1f} to {far}"
    carried = f"{people(flow.persons)} in {plural(flow.convoys, 'convoy')}"
    return f"the {name} ({carried}, {far} each way)"


def standing(facts: Facts) -> str:
    """Who stands at crossings with people aboard, besides inspection; empty where nobody long."""
    found = facts.standing
    if found is None:
        return ""
    at = facts.names.places[found.crossing].text
    took = duration(found.longest_s, up=True)
    longest = f"{found.rotation} with {people(found.aboard)}: {took} at {at}"
    if found.convoys == 1:
        return f"One convoy stands for over an hour with people aboard, {longest}."
    return (
        f"{count(found.convoys)} convoys with {people(found.persons)} aboard stand for over an "
        f"hour at a crossing; the longest is {longest}."
    )


def not_modelled(facts: Facts) -> str:
    """Which clauses the plan does not take into account."""
    left_out = [t for t in facts.terms if not t.modelled]
    if not left_out:
        return "Every clause of the proposal is built into the plan."
    kinds = joined([f"{t.kind.replace('_', ' ')} ({t.id})" for t in left_out])
    verb = "is" if len(left_out) == 1 else "are"
    return f"{plural(len(left_out), 'clause')} {verb} not modelled: {kinds}."


def chain(facts: Facts) -> list[str]:
    """The chain of linked steps that ends last: which wait makes which step late."""
    told = [s for s in facts.steps if s.critical]
    if not facts.steps:
        return []
    said = [_step(facts, step) for step in told]
    beside = [s.step for s in facts.steps if not s.critical]
    if beside:
        said.append(f"Not in this chain: {joined(beside)}.")
    return said


def _step(facts: Facts, step: StepFact) -> str:
    wait = "from the start" if step.waited_for is None else f"after {step.waited_for}"
    first = f"{step.step} ({step.gist.rstrip('.')}): {duration(step.takes_s, up=True)} {wait}, "
    if step.over is None:
        first += (
            f"never over: {count(step.persons)} of {people(step.agreed)} come, "
            "and what waits for it does not begin."
        )
    else:
        first += f"over at {moment(step.over, up=True)}."
    if step.held_at is not None:
        place = facts.names.places[step.held_at].text
        first += (
            f" In it a convoy ({step.held_rotation}) stands for "
            f"{duration(step.held_s, up=True)} at {place} until it is released."
        )
    return f"{first} [{step.clause_id}]"


def remain(facts: Facts) -> list[str]:
    """Who is still there at the deadline, and what is announced for them, by whom."""
    said = []
    for found in facts.remaining:
        name = facts.names.groups[found.group].text
        reasons = [
            f"{count(n)} {words}"
            for n, words in (
                (found.refuse, "refuse, as entered"),
                (found.cannot, "are not taken by the plan"),
                (found.late, "are out only after the deadline"),
            )
            if n
        ]
        said.append(
            f"{name}: {people(found.persons)} ({joined(reasons)}). {_announced(found)} "
            f"[{', '.join(found.clause_ids)}]"
        )
    if said:
        said.append("Nothing in this program acts on what is announced.")
    return said


def _announced(found: Remaining) -> str:
    if not found.announced:
        return "The terms state no consequence for them."
    return " ".join(
        f"{a.speaker} on {day(a.date)}: {a.gist.rstrip('.')}"
        f" ({', '.join(r.source.id for r in a.references)})."
        for a in found.announced
    )
