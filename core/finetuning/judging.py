"""Everything that is said of a finished model's score, from the rows it was scored on; no model is needed."""

from dataclasses import dataclass
from pathlib import Path

from core.finetuning import scored_rows
from core.finetuning.calibration import Calibration, calibration
from core.finetuning.class_report import ClassReport, class_report
from core.finetuning.scored_rows import Part, ScoredRows
from core.finetuning.verdict import Rival, Verdict, rivals, verdict


@dataclass(frozen=True)
class Judgement:
    """A model judged on the rows of one part."""

    part: Part
    scored: ScoredRows
    report: ClassReport
    rivals: dict[str, Rival]
    verdict: Verdict
    calibration: Calibration


def judge(folder: Path, part: Part, labels: list[str]) -> Judgement:
    """Return the judgement of the run with this folder on its validation or test rows. Raises NotFound.

    The temperature is fitted on validation rows in either case.
    """
    scored = scored_rows.load(folder, part)
    validation = scored if part == "validation" else scored_rows.load(folder, "validation")
    report, beside = class_report(scored, labels), rivals(scored)
    test = scored if part == "test" else None
    return Judgement(part, scored, report, beside, verdict(report, beside, part), calibration(validation, test))
