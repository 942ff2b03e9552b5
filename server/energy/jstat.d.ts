// The part of jstat that is used here; the package has no types of its own.

declare module 'jstat' {
  interface OlsFit {
    readonly coef: readonly number[];
    readonly R2: number;
    readonly adjust_R2: number;
    readonly t: { readonly se: readonly number[]; readonly p: readonly number[] };
  }

  const jstat: {
    mean(values: readonly number[]): number;
    median(values: readonly number[]): number;
    /** @param sample n − 1 instead of n. */
    stdev(values: readonly number[], sample: boolean): number;
    quartiles(values: readonly number[]): readonly number[];
    corrcoeff(a: readonly number[], b: readonly number[]): number;
    studentt: {
      inv(probability: number, degreesOfFreedom: number): number;
      cdf(value: number, degreesOfFreedom: number): number;
    };
    normal: { cdf(value: number, mean: number, deviation: number): number };
    models: { ols(endogenous: readonly number[], exogenous: readonly (readonly number[])[]): OlsFit };
  };
  export = jstat;
}
