"""Pictures of an evaluation, as PNG files: mean Dice, its spread over cases, volumes against the truth.

The only file of the library that uses matplotlib, which the extra `evaluate` installs; by its object interface, so that
nothing global is changed. Colours are the regions' inks and cividis: both are told apart without colour vision.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from GSSCore.errors import EnvironmentRefused
from GSSCore.evaluation.files import BOXES_FILE, HEAT_MAP_FILE, VOLUMES_FILE
from GSSCore.evaluation.intervals import MEAN_OF_SUBSETS
from GSSCore.evaluation.rows import Metric, Row
from GSSCore.evaluation.tables import cases_of, mean_of_subsets, subset_table, subsets_of, values_of
from GSSCore.imaging.arrays import Doubles
from GSSCore.messages import Message
from GSSCore.vocabulary import MODALITIES, REGIONS, subset_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.0
"""Of every picture in inches: a page's text, so that letters have their size there."""
DPI = 200
_SIZE, _SMALL = 8.0, 7.0
_INK, _SOFT, _GRID = "#222222", "#6b6b6b", "#dddddd"
_COLOURS = {region: "#{:02X}{:02X}{:02X}".format(*region.ink) for region in REGIONS}
_WHISKERS = 1.5
"""Box lengths within which cases belong to the whiskers (Tukey)."""
_LIMITS = 1.96
"""Standard deviations between which 95 % of normally distributed differences lie (Bland and Altman 1986)."""


def pictures(rows: Sequence[Row]) -> dict[str, bytes]:
    """Return PNG files by name; volumes are shown where cases were given all four modalities.

    Raises:
        EnvironmentRefused: when matplotlib is missing.
    """
    try:
        import matplotlib as mpl
    except ImportError as fault:
        raise EnvironmentRefused(
            Message(
                "evaluation.no-matplotlib",
                "The plots are left out, for matplotlib is missing: pip install 'gsssegmentation[evaluate]'.",
            )
        ) from fault
    full = [row for row in rows if row.subset == MODALITIES]
    with mpl.rc_context({"font.size": _SIZE, "font.family": "DejaVu Sans", "text.color": _INK}):
        files = {HEAT_MAP_FILE: _png(_heat_map(rows)), BOXES_FILE: _png(_boxes(rows))}
        return files | ({VOLUMES_FILE: _png(_volumes(full))} if full else {})


def _heat_map(rows: Sequence[Row]) -> Figure:
    """Return mean Dice by subset and region, and the means of the subsets below."""
    table = subset_table(rows)
    lines = {**table, MEAN_OF_SUBSETS: mean_of_subsets(table)}
    values = np.array([[line.get(r.value, np.nan) for r in REGIONS] for line in lines.values()])
    figure = _figure(0.25 * len(lines) + 0.75)
    axes = figure.add_subplot()
    image = axes.imshow(values, cmap="cividis", vmin=0.0, vmax=1.0, aspect="auto")
    for (line, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            colour = "white" if value < 0.5 else "black"
            axes.text(column, line, f"{value:.3f}", ha="center", va="center", color=colour)
    axes.axhline(len(table) - 0.5, color="white", linewidth=3)
    axes.set_xticks(range(len(REGIONS)), [f"{r.value}, {r.display}" for r in REGIONS])
    axes.set_yticks(range(len(lines)), list(lines))
    axes.xaxis.tick_top()
    _plain(axes)
    bar = figure.colorbar(image, ax=axes, fraction=0.04, pad=0.02, label="mean Dice")
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=2, colors=_SOFT, labelsize=_SMALL)
    return figure


def _boxes(rows: Sequence[Row]) -> Figure:
    """Return the spread of Dice over the cases: a box, its mean and all cases, per subset and region."""
    subsets = subsets_of(rows)
    values = values_of(rows, Metric.DICE, cases_of(rows), subsets)
    figure = _figure(0.27 * len(subsets) + 0.9)
    grid = figure.subplots(1, len(REGIONS), sharey=True, squeeze=False)[0]
    # The cases are spread over the height of a box by their order, so that the picture is the same every time.
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    spread = np.linspace(-0.25, 0.25, len(values)) if len(values) > 1 else np.zeros(1)
    for r, (axes, region) in enumerate(zip(grid, REGIONS, strict=True)):
        for line, of_subset in enumerate(values[:, :, r].T):
            _box(axes, of_subset, line, _COLOURS[region], spread)
        axes.set_title(f"{region.value}, {region.display}", fontsize=_SIZE)
        axes.set_xlim(-0.03, 1.03)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xlabel("Dice")
        axes.grid(axis="x", color=_GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        _plain(axes)
    grid[0].set_yticks(range(len(subsets)), [subset_name(s) for s in subsets])
    grid[0].set_ylim(len(subsets) - 0.4, -0.6)
    figure.supxlabel(
        f"box: quartiles and median; whiskers: to the last case within {_WHISKERS} box lengths; diamond: mean; "
        "dots: cases",
        fontsize=_SMALL, color=_SOFT,
    )  # fmt: skip
    return figure


def _box(axes: Axes, values: Doubles, line: int, colour: str, spread: Doubles) -> None:
    """Draw a lying box; `Axes.boxplot` has another argument for lying ones in every few releases."""
    there = ~np.isnan(values)
    values = values[there]
    if not len(values):
        return
    axes.plot(values, line + spread[there], ".", color=colour, markersize=3.5, alpha=0.7, markeredgewidth=0)
    first, median, third = np.quantile(values, [0.25, 0.5, 0.75])
    reach = _WHISKERS * (third - first)
    low, high = values[values >= first - reach].min(), values[values <= third + reach].max()
    axes.barh(line, third - first, left=first, height=0.62, fill=False, edgecolor=colour)
    axes.hlines([line, line], [low, third], [first, high], colors=colour, linewidth=1.0)
    axes.vlines([low, high], line - 0.16, line + 0.16, colors=colour, linewidth=1.0)
    axes.vlines(median, line - 0.31, line + 0.31, colors=_INK, linewidth=1.4)
    axes.plot(values.mean(), line, "D", color="white", markeredgecolor=_INK, markersize=3.4, markeredgewidth=0.8)


def _volumes(rows: Sequence[Row]) -> Figure:
    """Return the difference of predicted and true volume against their mean, per region, all modalities given."""
    figure = _figure(2.9)
    grid = figure.subplots(1, len(REGIONS), squeeze=False)[0]
    for axes, region in zip(grid, REGIONS, strict=True):
        volumes = np.array([(row.truth_ml, row.predicted_ml) for row in rows if row.region is region])
        if len(volumes):
            _bland_altman(axes, volumes[:, 1] - volumes[:, 0], volumes.mean(axis=1), _COLOURS[region])
        axes.set_title(f"{region.value}, {region.display}", fontsize=_SIZE)
        axes.set_xlabel("mean of both volumes, ml")
        _plain(axes)
    grid[0].set_ylabel("predicted − true volume, ml")
    count = len(cases_of(rows))
    cases = f"{count} case{'' if count == 1 else 's'}, all four modalities given"
    lines = f"; solid: mean difference; dashed: mean ± {_LIMITS} SD" if count > 1 else ""
    figure.supxlabel(cases + lines, fontsize=_SMALL, color=_SOFT)
    return figure


def _bland_altman(axes: Axes, difference: Doubles, mean: Doubles, colour: str) -> None:
    axes.axhline(0.0, color=_GRID, linewidth=0.8, zorder=0)
    axes.plot(mean, difference, "o", color=colour, markersize=4, alpha=0.75, markeredgewidth=0)
    bias, spread = float(difference.mean()), _LIMITS * float(difference.std(ddof=1)) if len(difference) > 1 else 0.0
    for value, style in ((bias, "-"), (bias - spread, "--"), (bias + spread, "--")) if len(difference) > 1 else ():
        axes.axhline(value, color=_INK, linewidth=0.9, linestyle=style)
        axes.annotate(
            f"{value:+.1f}".replace("-", "−"), (1.0, value), (2, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=_SMALL,
        )  # fmt: skip
    low, high = min(0.0, bias - spread, difference.min()), max(0.0, bias + spread, difference.max())
    axes.margins(x=0.08)
    axes.set_ylim(low - 0.06 * (high - low or 1.0), high + 0.06 * (high - low or 1.0))


def _figure(height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _plain(axes: Axes) -> None:
    """Take away what carries no information."""
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=_INK)


def _png(figure: Figure) -> bytes:
    data = io.BytesIO()
    # Without the version of matplotlib, the same scores give the same file.
    figure.savefig(data, format="png", dpi=DPI, metadata={"Software": None})
    return data.getvalue()
