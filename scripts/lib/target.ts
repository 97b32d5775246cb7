// Measured values beside their goals.

export interface Target {
  name: string;
  value: number;
  unit: string;
  goal: string;
  holds: boolean;
}

export const atLeast = (name: string, value: number, unit: string, goal: number): Target => ({
  name,
  value,
  unit,
  goal: `≥ ${goal}`,
  holds: value >= goal,
});

export const atMost = (name: string, value: number, unit: string, goal: number): Target => ({
  name,
  value,
  unit,
  goal: `≤ ${goal}`,
  holds: value <= goal,
});

export const exactly = (name: string, value: number, unit: string, goal: number): Target => ({
  name,
  value,
  unit,
  goal: `${goal}`,
  holds: value === goal,
});
