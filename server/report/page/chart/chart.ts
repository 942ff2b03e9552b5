// Charts as data. What a kind looks like is its own file's business; that every chart has a title, a sentence that says what is
// to be seen, and a table with the same figures, is the type's.

import type { FigureStatus } from '../../../energy/joules.ts';
import type { Link, Unit } from '../page.ts';

export type Chart = ColumnsChart | BarsChart | ScatterChart | LinesChart | StripsChart;

interface ChartHead {
  readonly title: string;
  /** What is to be seen, in a sentence or two: read out instead of the picture. */
  readonly summary: string;
  /** How its figures came about; anything but `measured` is written on the chart. */
  readonly statuses?: readonly FigureStatus[];
  /** What is left out or unknown, and why. */
  readonly notes?: readonly string[];
}

export interface Axis {
  readonly label: string;
  readonly unit: Unit;
  /** Only for values above 0. Default: linear from 0. */
  readonly log?: boolean;
  /** Default: what the values need. */
  readonly domain?: readonly [number, number];
}

/** Columns over days or other steps, stacked by series. */
export interface ColumnsChart extends ChartHead {
  readonly kind: 'columns';
  readonly y: Axis;
  readonly steps: readonly string[];
  /** Shorter names of the steps for the axis, as many. Default: the steps. */
  readonly ticks?: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly links?: readonly (Link | undefined)[];
  }[];
  /** Half-width of the error of each whole column. */
  readonly plusMinus?: readonly number[];
  /** How many have no figure at each step: drawn as such above the column. */
  readonly unknown?: readonly { readonly count: number; readonly link?: Link }[];
}

/** Bars to the right with their figures, one below the other. */
export interface BarsChart extends ChartHead {
  readonly kind: 'bars';
  readonly x: Axis;
  readonly bars: readonly Bar[];
}

export type Bar = {
  readonly label: string;
  readonly link?: Link;
  /** Below the label. */
  readonly note?: string;
} & (
  | { readonly value: number; readonly plusMinus?: number; readonly text: string }
  /** Nothing is drawn but the reason. */
  | { readonly unknown: string }
);

export interface ScatterPoint {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** Index into `groups`. */
  readonly group?: number;
  /** How many it stands for: its area. */
  readonly count?: number;
  readonly link?: Link;
}

export interface ScatterChart extends ChartHead {
  readonly kind: 'scatter';
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly ScatterPoint[];
  readonly groups?: readonly string[];
  /** Writes the labels beside the points: for a dozen of them at most. */
  readonly named?: boolean;
  /** Draws x = y. */
  readonly diagonal?: string;
  /** Indexes of the points that nothing else beats in both, joined by a line. */
  readonly front?: { readonly name: string; readonly points: readonly number[] };
}

export interface LinesChart extends ChartHead {
  readonly kind: 'lines';
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly {
      readonly x: number;
      readonly y: number;
      readonly range?: readonly [number, number];
      readonly link?: Link;
    }[];
  }[];
}

/** Every value as a dot, with median and middle half, one strip per group. */
export interface StripsChart extends ChartHead {
  readonly kind: 'strips';
  readonly x: Axis;
  readonly groups: readonly {
    readonly label: string;
    readonly values: readonly number[];
    /** Another's figure for the same, drawn as a mark: `S1: 3.56 kJ`. */
    readonly reference?: { readonly value: number; readonly text: string };
    readonly link?: Link;
  }[];
}
