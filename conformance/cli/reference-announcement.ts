/** Reads what the reference server and the faulty servers say on their first line. */
import { KitError } from '../kit-error.js';
import type { OccasionName } from '../server/scenarios/scenario.js';

export interface ReferenceAnnouncement {
  readonly url: string;
  readonly occasions: Readonly<Partial<Record<OccasionName, string>>>;
}

/** Throws `KitError` (`kit`) for anything else than `{ url, occasions }`. */
export function readAnnouncement(announcement: unknown): ReferenceAnnouncement {
  if (isRecord(announcement) && typeof announcement.url === 'string') {
    const { url, occasions } = announcement;
    if (occasions === undefined) return { url, occasions: {} };
    if (isRecord(occasions) && Object.values(occasions).every((value) => typeof value === 'string')) {
      return { url, occasions: occasions };
    }
  }
  throw new KitError('kit', 'expected { "url": …, "occasions": … } from the reference server; the build may be stale');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
