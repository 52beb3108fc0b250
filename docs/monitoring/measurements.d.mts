/** Types of the example measurements.mjs, for its test. */

export interface Measurements {
  readonly take: (name: string, value: number, labels?: { readonly category: string }) => void;
  readonly empty: () => readonly (readonly unknown[])[];
}

export function gatherMeasurements(): Measurements;
