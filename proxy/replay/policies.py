"""By which rules is a recording judged, given what `--policy` names?"""

from pathlib import Path

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.surroundings import Surroundings
from proxy.lists.compile import OnProgress
from proxy.replay.errors import NoRules
from proxy.replay.folder_policy import compiled, subjects
from proxy.replay.rules import Rules
from proxy.replay.sample_policy import SamplePolicy
from proxy.settings.bypass.around import surroundings_of
from proxy.settings.bypass.reading import read_knowledge
from proxy.settings.gathering import BYPASS, ENGINES
from proxy.settings.supplements import read_engines

OWN_BLOCKLISTS = Path(__file__).resolve().parents[2] / "blocklists"


def rules_from(policy: Path, group: str, blocklists: Path | None, on_progress: OnProgress) -> Rules:
    """Read the rules.

    policy       a folder of settings, or a school's policy in short as one JSON file
    group        judge everybody as this group, person or device; "": as the recording says
    blocklists   where engines and techniques stand; None: where the settings say, or Schoolgate's own

    Raises NoRules with everything that is wrong, and OSError.
    """
    if policy.is_dir():
        bundle = compiled(policy, on_progress)
        folder = blocklists or bundle.settings.lists.blocklists
        knowledge = bundle.knowledge if blocklists is None else None
        if knowledge is None:
            knowledge = knowledge_from(folder, surroundings_of(bundle.settings))
        return Rules(bundle.policy, knowledge, subjects(bundle, group), bundle.problems)
    sample = SamplePolicy(policy)
    folder = blocklists or OWN_BLOCKLISTS
    engines, problems = read_engines(folder / ENGINES)
    if problems:
        raise NoRules(tuple(str(problem) for problem in problems))
    made, notes = sample.policy({engine.id: engine for engine in engines})
    return Rules(made, knowledge_from(folder, sample.around), sample.subjects(group), notes)


def knowledge_from(blocklists: Path, around: Surroundings) -> Knowledge:
    """Read what is known about ways around the filter. Raises NoRules with everything that is wrong."""
    knowledge, problems = read_knowledge(blocklists / BYPASS, around)
    if problems:
        raise NoRules(tuple(str(problem) for problem in problems))
    return knowledge
