import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { compact, count } from "../format";

export interface Line {
  label: string;
  values: readonly (number | null)[];
  /** A custom property of the style sheet that holds the line's colour. */
  color: string;
  isDashed?: boolean;
  isFilled?: boolean;
}

interface ChartProps {
  /** What it shows, in a sentence, for screen readers. */
  title: string;
  /** Epoch ms, rising. */
  times: readonly number[];
  lines: readonly Line[];
  height?: number;
}

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia("(prefers-color-scheme: dark)");

function optionsFor({ lines }: ChartProps, width: number, height: number): uPlot.Options {
  const axis = {
    stroke: css("--soft"),
    grid: { stroke: css("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    legend: { live: true },
    axes: [
      { ...axis, grid: { show: false } },
      { ...axis, size: 46, values: (_, splits) => splits.map((value) => compact(value)) },
    ],
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] } },
    series: [
      { value: (_, at) => (at == null ? "" : new Date(at * 1_000).toLocaleString()) },
      ...lines.map(({ label, color, isDashed, isFilled }) => ({
        label,
        stroke: css(color),
        width: isDashed ? 1 : 2,
        points: { show: false },
        ...(isDashed && { dash: [4, 4] }),
        ...(isFilled && { fill: `color-mix(in srgb, ${css(color)} 12%, transparent)` }),
        value: (_: uPlot, value: number | null) => count(value),
      })),
    ],
  };
}

/** Lines over time. Drawn again when the colour scheme or the width changes. */
export function Chart(props: ChartProps) {
  const { title, times, lines, height = 220 } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let plot: uPlot | null = null;
    const data = [times.map((at) => at / 1_000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
    const draw = (): void => {
      plot?.destroy();
      plot = new uPlot(optionsFor(props, element.clientWidth, height), data, element);
    };
    const resized = new ResizeObserver(() => {
      if (plot && plot.width !== element.clientWidth) plot.setSize({ width: element.clientWidth, height });
    });
    draw();
    resized.observe(element);
    dark.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [times, lines, height]);
  return <div class="chart" ref={box} role="img" aria-label={title} />;
}
