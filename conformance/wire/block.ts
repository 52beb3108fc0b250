/** The fields of one block of an event stream, taken in line by line as the WHATWG standard interprets them. */

/** Names of unknown fields are kept up to here: a block of 4 MiB could hold two million. */
const MOST_UNKNOWN_FIELDS = 32;

export class Block {
  /** False while it holds only comments, or nothing. */
  hasField = false;
  typeField: string | null = null;
  id: string | null = null;
  retry: string | null = null;
  readonly unknownFields: string[] = [];
  readonly #dataLines: string[] = [];

  get dataLines(): number {
    return this.#dataLines.length;
  }

  get data(): string {
    return this.#dataLines.join('\n');
  }

  /** Takes a line that is neither blank nor a comment. */
  take(field: Field): void {
    this.hasField = true;
    switch (field.name) {
      case 'data':
        this.#dataLines.push(field.value);
        break;
      case 'event':
        this.typeField = field.value;
        break;
      case 'id':
        this.id = field.value;
        break;
      case 'retry':
        this.retry = field.value;
        break;
      default:
        if (this.unknownFields.length < MOST_UNKNOWN_FIELDS) {
          this.unknownFields.push(field.name);
        }
    }
  }
}

export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Splits at the first colon and drops one space after it; a line without a colon is a name with an empty value. */
export function parseField(line: string): Field {
  const colon = line.indexOf(':');
  if (colon === -1) {
    return { name: line, value: '' };
  }
  const start = line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1;
  return { name: line.slice(0, colon), value: line.slice(start) };
}
