// Lengths of time as people write them, for the file and for the command line alike.

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds in `90`, `90s`, `10m`, `4h`, `30d`; null for anything else. */
export const durationSeconds = (text: string): number | null => {
  const found = /^(\d{1,9})\s*([smhd]?)$/.exec(text.trim());
  if (!found) return null;
  return Number(found[1]) * (units[found[2] || 's'] ?? 1);
};
