// Draws the panels of live_chart.py. PLOTLY_PATH, TEMPLATES and isDark(element) stand above this file when it runs.
//
// Streamlit calls the default function with every new set of points and at every switch of the theme. The element it
// is given mostly stays the same, but not always: where a fragment's timer goes off during a run of the whole page,
// Streamlit clears the fragment away and builds it anew. A chart's own node is therefore kept by the chart's key and
// moved to where it is wanted, so that the reader's zoom outlives that too.

const charts = new Map();
const FEW_POINTS = 30; // so many are marked each, more are drawn as a line alone
const KEPT_UNSEEN = 30_000; // milliseconds that a chart which left the page is kept
const LONGEST_DRAG = 10_000; // milliseconds; after it a drag is taken for one whose end was missed
const LEGEND_LINE = 29; // pixels; a longer legend makes the panel taller, or it would leave the curves no room
const DASHES = ["dash", "dot", "dashdot", "longdash", "longdashdot"];
const RELEASES = ["pointerup", "pointercancel", "blur"];
let plotly = null;
let loading = null;

function plotlyUrls() {
  // The page may be served below a path, and its own address may end in a page's name: Streamlit's own script tells
  // where the server's root is.
  const script = document.querySelector('script[type="module"][src*="static/js/"]');
  const roots = script ? [new URL("../../", script.src), new URL(".", document.baseURI)] : [document.baseURI];
  return roots.map((root) => new URL(PLOTLY_PATH, root).href);
}

function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      reject(new Error(`no script at ${url}`));
    };
    document.head.append(script);
  });
}

async function loadPlotly() {
  for (const url of plotlyUrls()) {
    if (window.Plotly) break;
    await loadScript(url).catch((error) => console.warn(error.message));
  }
  if (!window.Plotly) throw new Error("plotly.js is not served");
  return window.Plotly;
}

function newChart(key) {
  const root = document.createElement("div");
  root.className = "corpus-lab-live";
  root.dataset.key = key;
  root.setAttribute("role", "group");
  const chart = { root, panels: [], waiting: new Set(), timer: null, heldSince: 0 };
  // A panel that was drawn while hidden (a closed tab of the page) or before the window was resized has a false size.
  chart.sizes = new ResizeObserver(() => chart.panels.forEach((panel, index) => fit(chart, index)));
  chart.sizes.observe(root);
  // A point that arrives in the middle of a drag moves the axes under it: it waits until the drag has ended.
  root.addEventListener("pointerdown", () => (chart.heldSince = Date.now()), true);
  chart.release = () => {
    if (!chart.heldSince) return;
    chart.heldSince = 0;
    setTimeout(() => draw(chart), 0);
  };
  RELEASES.forEach((name) => window.addEventListener(name, chart.release));
  return chart;
}

function newPanel(root) {
  const figure = document.createElement("figure");
  const title = document.createElement("figcaption");
  const note = document.createElement("p");
  const plot = document.createElement("div");
  figure.append(title, note, plot);
  root.append(figure);
  return { figure, title, note, plot, room: 0 };
}

function fit(chart, index) {
  const { plot } = chart.panels[index];
  const drawn = plot._fullLayout;
  if (!drawn || plot.clientWidth === 0) return;
  if (Math.abs(drawn.width - plot.clientWidth) > 1) plotly.Plots.resize(plot).then(() => makeRoom(chart, index));
  else makeRoom(chart, index);
}

// How many lines a legend breaks into is known once it is drawn.
function makeRoom(chart, index) {
  const panel = chart.panels[index];
  const room = Math.max(0, (panel?.plot._fullLayout?.legend?._height ?? 0) - LEGEND_LINE);
  if (!panel || room === panel.room) return;
  panel.room = room;
  drawPanel(chart, index);
}

function isEmpty(panel) {
  return panel.series.every(({ x }) => x.length === 0);
}

function isTouched() {
  return window.matchMedia("(pointer: coarse)").matches;
}

function layoutOf(panel, data, room, dark) {
  const showticklabels = !isEmpty(panel);
  const layout = {
    template: TEMPLATES[dark ? "dark" : "light"],
    height: data.height + room,
    legend: { maxheight: 1 },
    showlegend: panel.series.filter(({ behind }) => !behind).length + panel.levels.length > 1,
    uirevision: data.key,
    // What was zoomed into in steps means nothing in minutes, and on a logarithmic axis something else.
    xaxis: { title: { text: panel.xTitle }, showticklabels, uirevision: `${data.key} ${panel.xTitle}` },
    yaxis: { title: { text: panel.yTitle }, showticklabels, uirevision: `${data.key} ${panel.logY}` },
  };
  if (panel.logY) Object.assign(layout.yaxis, { type: "log", tickformat: ",~r" });
  if (panel.marker !== null) {
    layout.shapes = [{ type: "line", x0: panel.marker, x1: panel.marker, yref: "paper", y0: 0, y1: 1 }];
    // Above the plane, where no curve runs.
    const above = { x: panel.marker, xanchor: "center", yref: "paper", y: 1, yanchor: "bottom" };
    layout.annotations = [{ text: panel.markerLabel, ...above }];
    layout.margin = { r: 16 };
  }
  // A finger that wants to scroll the page must not zoom the chart.
  if (isTouched()) layout.dragmode = false;
  return layout;
}

// Plotly looks for what belongs to a line that goes away by its uid as the name of a class, which no space may be in.
function uidOf(name) {
  return name.replace(/[^A-Za-z0-9]/gu, (sign) => `_${sign.codePointAt(0)}_`);
}

// The lines that are laid over come last: they take no colour away from the others.
function idsOf(panels) {
  const named = panels.flatMap(({ series }) => series.filter(({ behind }) => !behind));
  const sorted = [...named.filter(({ over }) => !over), ...named.filter(({ over }) => over)];
  return [...new Set(sorted.map(({ id }) => id))];
}

function tracesOf(panel, ids, colors, muted) {
  const lines = panel.series.map(({ id, name, behind, x, y }) => {
    const place = ids.indexOf(behind ?? id);
    const color = colors[place % colors.length];
    const dash = ["solid", ...DASHES][Math.floor(place / colors.length) % (DASHES.length + 1)];
    const look = { line: { width: 2, color, dash }, marker: { size: 5, color } };
    const trace = { type: "scatter", uid: uidOf(id), name, x, y, ...look };
    if (behind) return { ...trace, mode: "lines", opacity: 0.3, showlegend: false, hoverinfo: "skip" };
    return { ...trace, mode: x.length > FEW_POINTS ? "lines" : "lines+markers" };
  });
  // Traces and not shapes: the axis makes room for them, and the legend names and hides them.
  const right = Math.max(1, ...panel.series.flatMap(({ x }) => x.slice(-1)));
  const levels = panel.levels.map(({ name, y }, index) => {
    const line = { width: 1.5, color: muted, dash: DASHES[index % DASHES.length] };
    return { type: "scatter", uid: uidOf(`level ${name}`), name, x: [0, right], y: [y, y], mode: "lines", line };
  });
  return [...lines, ...levels];
}

function draw(chart) {
  if (!plotly) return;
  const { data, root } = chart;
  root.setAttribute("aria-label", data.description);
  while (chart.panels.length < data.panels.length) chart.panels.push(newPanel(root));
  chart.panels.splice(data.panels.length).forEach(remove);
  data.panels.forEach((panel, index) => {
    const { figure, title, note } = chart.panels[index];
    figure.setAttribute("aria-label", panel.title);
    title.textContent = panel.title;
    note.textContent = isEmpty(panel) ? data.words.waiting : "";
    chart.waiting.add(index);
  });
  drawNext(chart);
}

// One panel a task, so that a click waits for one panel and not for all.
function drawNext(chart) {
  chart.timer ??= setTimeout(() => {
    chart.timer = null;
    if (Date.now() - chart.heldSince < LONGEST_DRAG) return;
    const [index] = chart.waiting;
    chart.waiting.delete(index);
    if (index < chart.panels.length) drawPanel(chart, index);
    if (chart.waiting.size) drawNext(chart);
  });
}

function drawPanel(chart, index) {
  const { root, data, panels } = chart;
  const dark = isDark(root);
  const { colorway: colors, xaxis } = TEMPLATES[dark ? "dark" : "light"].layout;
  const traces = tracesOf(data.panels[index], idsOf(data.panels), colors, xaxis.color);
  const layout = layoutOf(data.panels[index], data, panels[index].room, dark);
  // Drawing takes the browser far longer than comparing, and many panels change now and then only.
  const drawn = JSON.stringify([traces, layout]);
  if (drawn !== panels[index].drawn) {
    const { plot } = panels[index];
    // Plotly keeps the margin of a legend that has gone.
    if (!layout.showlegend) delete plot._fullLayout?._reservedMargin?.legend;
    plotly.react(plot, traces, layout, {
      displayModeBar: isTouched() ? false : "hover",
      displaylogo: false,
      modeBarButtons: [["toImage", "resetScale2d"]],
    });
    panels[index].drawn = drawn;
  }
  fit(chart, index);
}

function remove({ figure, plot }) {
  plotly.purge(plot);
  figure.remove();
}

function place(chart, parentElement) {
  if (chart.root.parentElement === parentElement) return;
  for (const other of parentElement.querySelectorAll(":scope > .corpus-lab-live")) {
    other.remove();
    discardUnlessSeen(other.dataset.key);
  }
  parentElement.append(chart.root);
}

function discardUnlessSeen(key) {
  setTimeout(() => {
    const chart = charts.get(key);
    if (!chart || chart.root.isConnected) return;
    charts.delete(key);
    chart.sizes.disconnect();
    RELEASES.forEach((name) => window.removeEventListener(name, chart.release));
    chart.panels.splice(0).forEach(remove);
  }, KEPT_UNSEEN);
}

export default function ({ data, parentElement }) {
  if (!charts.has(data.key)) charts.set(data.key, newChart(data.key));
  const chart = charts.get(data.key);
  chart.data = data;
  place(chart, parentElement);
  draw(chart);
  loading ??= loadPlotly().then((loaded) => (plotly = loaded));
  if (!plotly) {
    const failed = () => (chart.root.textContent = data.words.failed);
    loading.then(() => draw(chart), failed);
  }
  return () => discardUnlessSeen(data.key);
}
