// The parts of d3-scale and d3-array that are used here; their own types are packages apart.

declare module 'd3-scale' {
  export interface ContinuousScale {
    (value: number): number;
    domain(): [number, number];
    nice(count?: number): ContinuousScale;
    ticks(count?: number): number[];
  }
  export interface BandScale {
    (step: string): number | undefined;
    bandwidth(): number;
    paddingInner(share: number): BandScale;
    paddingOuter(share: number): BandScale;
  }
  export function scaleLinear(domain: readonly [number, number], range: readonly [number, number]): ContinuousScale;
  export function scaleLog(domain: readonly [number, number], range: readonly [number, number]): ContinuousScale;
  export function scaleSqrt(domain: readonly [number, number], range: readonly [number, number]): ContinuousScale;
  export function scaleBand(domain: readonly string[], range: readonly [number, number]): BandScale;
}

declare module 'd3-array' {
  export function extent(values: Iterable<number>): [number, number] | [undefined, undefined];
  export function quantile(values: Iterable<number>, share: number): number | undefined;
  export function median(values: Iterable<number>): number | undefined;
}

declare module 'd3-shape' {
  export interface SymbolType {
    draw(context: unknown, size: number): void;
  }
  export const symbolCircle: SymbolType;
  export const symbolSquare: SymbolType;
  export const symbolTriangle: SymbolType;
  export const symbolDiamond: SymbolType;
  export const symbolCross: SymbolType;
  export const symbolStar: SymbolType;
  export function symbol(type: SymbolType, size: number): () => string | null;
  export const curveStepAfter: unique symbol;
  interface Line {
    (points: Iterable<readonly [number, number]>): string | null;
    curve(curve: typeof curveStepAfter): Line;
  }
  export function line(): Line;
  interface StackedSeries extends Array<readonly [number, number]> {
    readonly key: number;
  }
  interface Stack {
    (rows: readonly (readonly number[])[]): StackedSeries[];
    keys(keys: readonly number[]): Stack;
    value(of: (row: readonly number[], key: number) => number): Stack;
  }
  export function stack(): Stack;
}
