"""The report as one HTML file that needs nothing beside it: warnings, the pictures, tables.

In any language: each fixed text goes through `tr`, a `GSSCore.messages.Translate`. What there is to translate are

- the literal arguments of calls of a name `tr` in `GSSCore/results`: texts, or templates with `{names}`,
- the templates of all messages, the second argument of each `Message(...)`,
- `RESEARCH_USE` and the `display` of `Region`, `Label` and `Confidence` in the vocabulary, and of `Side`,
- of the shipped card the `limits` and `evaluated_on`; those of another network stay as they are,
- `GSSCore.messages.AND`.

`tr("en")` is asked for the language's code.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from GSSCore.measurements import Side
from GSSCore.messages import Message, Translate
from GSSCore.results.doubts import MARK, in_doubt, unreliable_names
from GSSCore.results.files import INPUT_FILE, MONTAGE_FILE, OVERVIEW_FILE
from GSSCore.results.style import STYLE
from GSSCore.results.treatment import KEPT, LEFT_OUT, of_all, state_words, treated
from GSSCore.vocabulary import MODALITIES, REGIONS, RESEARCH_USE, TUMOUR_LABELS, Label, Modality, Region

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may load for the report: nothing but what is in it."""

Html = str
"""Text in which everything that came from outside has been escaped."""


def html_report(report: Mapping[str, Any], pictures: Mapping[str, bytes], translate: Translate = str) -> Html:
    """Return the HTML report of a result.

    Args:
        report: of the result, see `GSSCore.results.report`.
        pictures: PNG files by name: `OVERVIEW_FILE`, `MONTAGE_FILE` and, of raw scans, `INPUT_FILE`.
        translate: from English; as it is by default.
    """
    tr = translate
    slices = tr("Axial slices through the tumour with its contours")
    body = [
        _header(report, tr),
        _warnings([Message.from_json(message) for message in report["messages"]], tr),
        _figure(pictures[OVERVIEW_FILE], tr("Three planes through the tumour, without and with its contours")),
        _section(tr("Measurements"), _volumes(report, tr) + _notes(report, tr)),
        _section(tr("Slices"), _figure(pictures[MONTAGE_FILE], slices)),
        _from_raw_scans(report, pictures.get(INPUT_FILE), tr),
        _section(tr("Inputs"), _inputs(report, tr)),
        _section(tr("Network"), _network(report["network"], tr)),
        _section(tr("How it was computed"), _computed(report, tr)),
        _section(tr("Time"), _times(report["seconds"], tr), "screen"),
        f'<footer class="soft"><p>{_text(tr(RESEARCH_USE))} '
        f"{_text(tr('Every contour needs to be checked by someone qualified to.'))}</p></footer>",
    ]
    return (
        f'<!doctype html>\n<html lang="{_text(tr("en"))}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(_title(report, tr))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _title(report: Mapping[str, Any], tr: Translate) -> str:
    """Return the case, what this is, and the network: a browser shows the beginning, and prints all of it."""
    network = f"{report['network']['name']} {report['network']['version']}"
    return " – ".join(words for words in (report["case"], tr("Brain tumour segmentation"), network) if words)


def _header(report: Mapping[str, Any], tr: Translate) -> Html:
    used, missing = (_text(", ".join(report[f"{which}_modalities"])) for which in ("used", "missing"))
    if missing:
        lacking = f'<span class="missing">{missing}</span>'
        sequences = _filled(tr("From {used}; missing: {missing}"), used=used, missing=lacking)
    else:
        sequences = _filled(tr("From {used}; missing: none"), used=used)
    network = f"{_text(report['network']['name'])} {_text(report['network']['version'])}"
    made = _filled(tr("Made {time} by {network}"), time=_text(report["created"]), network=network)
    case = f'<p class="case">{_text(report["case"])}</p>' if report["case"] else ""
    return (
        f"<header><div><h1>{_text(tr('Brain tumour segmentation'))}</h1>{case}<p>{sequences}</p>"
        f'<p class="soft">{made}</p></div><p class="use">{_text(tr(RESEARCH_USE).rstrip("."))}</p></header>'
    )


def _warnings(messages: Sequence[Message], tr: Translate) -> Html:
    if not messages:
        quiet = tr("The checks of the input and of the result found nothing to warn about.")
        return f'<p class="soft">{_text(quiet)}</p>'
    title = tr("1 warning") if len(messages) == 1 else tr("{count} warnings").format(count=len(messages))
    lines = "".join(f"<li>{_text(message.translated(tr))}</li>" for message in messages)
    return f'<div class="warnings" role="alert"><strong>{_text(title)}</strong><ul>{lines}</ul></div>'


def _volumes(report: Mapping[str, Any], tr: Translate) -> Html:
    """Return volumes and diameters, with the Dice that may be expected and, if measured, the one to a truth."""
    volumes, expected, dice = report["volumes_ml"], report["network"]["expected_dice"] or {}, report.get("dice")
    doubtful = unreliable_names(report["unreliable"])
    lines = report["measurements"]["diameters_mm"]
    head = [tr("Region"), tr("Volume, ml"), tr("Longest diameters, mm")]
    head += [tr("Expected Dice")] if expected else []
    head += [tr("Dice to the truth")] if dice else []
    names = {region.value: _text(f"{region.value}, {tr(region.display)}") for region in REGIONS}
    names |= {label.name: _swatch(label) + _text(f"{label.name}, {tr(label.display)}") for label in TUMOUR_LABELS}
    rows = []
    for name, title in names.items():
        mark = f'<span class="missing" title="{_text(tr("not to be relied on"))}">{MARK}</span>'
        row = [f"{title} {mark}" if name in doubtful else title, f"{volumes[name]:.2f}", _lines(lines.get(name))]
        row += [f"{expected[name]:.2f}" if name in expected else ""] if expected else []
        row += [f"{dice[name]:.3f}" if name in dice else ""] if dice else []
        rows.append(row)
    return _table(head, rows, ["", *["number"] * (len(head) - 1)])


def _notes(report: Mapping[str, Any], tr: Translate) -> Html:
    """Return what the numbers beside the volumes mean."""
    network, truth = report["network"], report.get("truth")
    source = tr(network["expected_dice_from"]).rstrip(".")  # the sentence around it has a full stop of its own
    values = {"subset": _text(network["subset"]), "source": _text(source)}
    notes = []
    if report["unreliable"]:
        notes.append(_filled(tr("{mark}: not to be relied on, see the warnings above."), mark=MARK))
    notes.append(_filled(tr("Side of the whole tumour: {side}."), side=f"<strong>{_text(_side(report, tr))}</strong>"))
    notes.append(_text(tr("WT is NCR, ED and ET together; TC is NCR and ET.")))
    told = tr(
        "Longest diameters: the longest line in an axial slice between two points of one part of the region, and the "
        "longest one at a right angle to it there, from edge to edge; measured on the contours, not by a reader."
    )
    notes.append(_text(told))
    if network["expected_dice"]:
        told = tr(
            "Expected Dice: the mean that this network reached from {subset} on other cases; a single case may be far "
            "from it."
        )
        notes.append(_filled(told, **values))
        notes += [_filled(tr("Measured on {source}."), **values)] if network["expected_dice_from"] else []
    elif in_doubt(Message.from_json(message) for message in report["messages"]):
        why = tr("No Dice can be expected: what was measured of this network holds for sound images only.")
        notes.append(_text(why))
    else:
        notes.append(_filled(tr("Nothing has been measured of this network's accuracy from {subset}."), **values))
    if truth:
        notes.append(_filled(tr("Truth: {file}"), file=_text(truth)))
    return "".join(f'<p class="soft">{note}</p>' for note in notes)


def _lines(found: Mapping[str, Any] | None) -> Html:
    """Return both diameters of a region; nothing for one that is not there, and for labels."""
    return _text(f"{found['longest']:.1f} × {found['perpendicular']:.1f}") if found else ""


def _side(report: Mapping[str, Any], tr: Translate) -> str:
    """Return where the tumour lies, in words that also say why it isn't known."""
    side = report["measurements"]["side"]
    if side is not None:
        doubt = f" {MARK}" if Region.WT.value in report["unreliable"] else ""
        return tr(Side(side).display) + doubt
    if not any(report["measurements"]["diameters_mm"].values()):
        return tr("no tumour was found")
    return tr("not known, as the images show no brain with two halves to find a midline by")


def _from_raw_scans(report: Mapping[str, Any], picture: bytes | None, tr: Translate) -> Html:
    """Return what was decided about raw scans, what was done with each, and what speaks for it; nothing otherwise."""
    treatment = report.get("input", {})
    if treatment.get("treated_as") != "raw":
        return ""
    reference = _reference(report)
    rows = []
    for one in treated(treatment, reference):
        use = _doubted(state_words(one, reference, tr), one.state in (KEPT, LEFT_OUT), tr)
        use += "" if one.message is None else f'<br><span class="soft">{_text(one.message.translated(tr))}</span>'
        brain, figures = (
            "<br>".join(_doubted(fact.words, fact.doubtful, tr) for fact in facts)
            for facts in (one.brain_facts(tr), one.facts(tr))
        )
        rows.append([_text(one.modality.display), brain, figures, use])
    head = [tr("Modality"), tr("Brain found"), tr("Registration"), tr("Use")]
    notes = [_text(message.translated(tr)) for message in of_all(treatment)]
    notes.append(_brain_note(treatment, tr))
    content = "".join(f"<p>{note}</p>" for note in notes) + _table(head, rows, ["", "", "figures", "lines"])
    if picture is not None:
        content += _figure(picture, tr("Each scan with the brain's outline, and with the edges of the reference on it"))
    return _section(tr("From raw scans"), content)


def _brain_note(treatment: Mapping[str, Any], tr: Translate) -> Html:
    """Return how much brain was used and what found it."""
    if "brain_mask" in treatment["brain_from"]:
        words = tr("Brain that was used: {ml:.0f} ml, by the brain mask that was given.")
    else:
        words = tr("Brain that was used: {ml:.0f} ml, by the brain network, from all sequences that are used.")
    digest = next(iter(treatment["brain_from"].values()), None)
    note = _text(words.format(ml=treatment["brain_ml"]))
    return note + (f"<br><code>SHA-256 {_text(digest)}</code>" if digest else "")


def _doubted(words: str, doubtful: bool, tr: Translate) -> Html:
    """Return words, marked where they tell of something that has to be looked at."""
    if not doubtful:
        return _text(words)
    return f'<span class="missing" title="{_text(tr("to be checked"))}">{_text(words)} {MARK}</span>'


def _reference(report: Mapping[str, Any]) -> Modality:
    return next(modality for modality in MODALITIES if modality.display == report["reference"])


def _inputs(report: Mapping[str, Any], tr: Translate) -> Html:
    rows = []
    raw = report.get("input", {}).get("treated_as") == "raw"
    scans = treated(report["input"], _reference(report)) if raw else []
    uses = {one.modality.display: state_words(one, _reference(report), tr) for one in scans}
    for name, one in report["inputs"].items():
        place = tr("resampled onto the reference") if one["resampled"] else tr("on the reference's grid")
        role = tr("reference") if name == report["reference"] else uses.get(name, place)
        digest = f"<br><code>SHA-256 {_text(one['sha256'])}</code>" if one["sha256"] else ""
        shape, spacing = _by(one["shape"]), _by(f"{mm:.3g}" for mm in one["spacing_mm"])
        grid = tr("{shape} voxels of {spacing} mm, {axes}").format(shape=shape, spacing=spacing, axes=one["axes"])
        file = _text(one["file"] or tr("an array in memory")) + digest
        rows.append([_text(name), file, _text(grid), _text(role)])
    return _table([tr("Modality"), tr("File"), tr("Grid"), tr("Use")], rows, ["", "path", "", ""])


def _network(network: Mapping[str, Any], tr: Translate) -> Html:
    facts = {
        tr("Name"): _text(f"{network['name']} {network['version']} ({network['architecture']})"),
        tr("Licence"): _text(network["licence"]),
        tr("Weights"): f"<code>SHA-256 {_text(network['sha256'])}</code>",
    }
    if network["limits"]:
        facts[tr("Limits")] = "<br>".join(_text(tr(limit)) for limit in network["limits"])
    return _facts(facts)


def _computed(report: Mapping[str, Any], tr: Translate) -> Html:
    execution_plan = {
        "device": tr("Device"),
        "precision": tr("Precision"),
        "window": tr("Window"),
        "overlap": tr("Overlap"),
        "batch": tr("Batch"),
        "aggregator": tr("Aggregator"),
    }
    clean_up = {"minimum_component_ml": tr("Parts of tumour kept"), "et_minimum_ml": tr("Parts of ET kept")}
    facts = {
        execution_plan.get(key, _words(key)): _text(_value(value, tr))
        for key, value in report["execution_plan"].items()
        if key != "averaged"
    }
    averaged = report["execution_plan"].get("averaged", ())
    if len(averaged) > 1:
        facts[tr("Mean of predictions from")] = _text(", ".join(averaged))
    for key, value in report["clean_up"].items():
        kept = tr("{ml:g} ml and more").format(ml=value) if value else tr("all, no clean-up")
        facts[clean_up.get(key, key)] = _text(kept)
    facts[tr("Versions")] = _text(", ".join(f"{name} {version}" for name, version in report["versions"].items()))
    return _facts(facts)


def _times(seconds: Mapping[str, float], tr: Translate) -> Html:
    stages = {
        "brain": tr("Brain"),
        "registration": tr("Registration"),
        "pose": tr("Pose"),
        "bias_field": tr("Brightness"),
        "preprocess": tr("Preprocess"),
        "network": tr("Network"),
        "confidence": tr("Confidence"),
        "restore": tr("Restore"),
        "encode": tr("Encode"),
        "pictures": tr("Pictures"),
    }
    longest = max(seconds.values(), default=0.0) or 1.0
    rows = [
        [
            _text(stages.get(stage, _words(stage))),
            f"{took:.2f} s",
            f'<span class="bar" style="width:{100.0 * took / longest:.0f}%"></span>',
        ]
        for stage, took in seconds.items()
    ]
    rows.append([_text(tr("Together")), f"{sum(seconds.values()):.2f} s", ""])
    return _table([tr("Stage"), tr("Seconds"), ""], rows, ["", "number", "wide"])


# --- parts -----------------------------------------------------------------------------------------------------------


def _figure(picture: bytes, alternative: str) -> Html:
    image = base64.b64encode(picture).decode("ascii")
    return f'<figure><img alt="{_text(alternative)}" src="data:image/png;base64,{image}"></figure>'


def _section(title: str, content: Html, kind: str = "") -> Html:
    return f"<section{f' class={kind}' if kind else ''}><h2>{_text(title)}</h2>{content}</section>"


def _table(head: Sequence[str], rows: Iterable[Sequence[Html]], kinds: Sequence[str]) -> Html:
    """Return a table; each cell also knows its column's title, which a narrow screen shows beside it."""
    classes = [f' class="{kind}"' if kind else "" for kind in kinds]
    titles = "".join(f"<th{kind}>{_text(title)}</th>" for title, kind in zip(head, classes, strict=True))
    marks = [f'{kind} data-title="{_text(title)}"' for title, kind in zip(head, classes, strict=True)]
    body = "".join(
        f"<tr>{''.join(f'<td{mark}>{cell}</td>' for cell, mark in zip(row, marks, strict=True))}</tr>" for row in rows
    )
    return f'<table class="list"><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>'


def _facts(facts: Mapping[str, Html]) -> Html:
    rows = "".join(f'<tr><th>{_text(name)}</th><td class="path">{value}</td></tr>' for name, value in facts.items())
    return f'<table class="facts"><tbody>{rows}</tbody></table>'


def _swatch(label: Label) -> Html:
    """Return a piece of the label's contour on a ground as dark as that of the pictures."""
    colour = "#{:02x}{:02x}{:02x}".format(*label.colour)
    return f'<span class="swatch {label.line.value}" style="color:{colour}"></span>'


def _words(key: str) -> str:
    """Return a key of the report as words: `some_key` becomes `Some key`."""
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]


def _value(value: Any, tr: Translate) -> str:
    if value is None:
        return tr("whole crop")
    return _by(value) if isinstance(value, (list, tuple)) else str(value)


def _by(values: Iterable[Any]) -> str:
    return " × ".join(str(value) for value in values)


def _filled(template: str, **values: Html) -> Html:
    """Return a template, escaped, with values that are."""
    return _text(template).format(**values)


def _text(value: Any) -> Html:
    return escape(str(value), quote=True)
