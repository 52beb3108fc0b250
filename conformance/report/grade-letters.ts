/** The grade in large letters, six rows high. */
import type { Report } from '../../schemas/1.0/types/report.js';

const letters: Readonly<Record<'F' | 'C' | 'B' | 'A' | '+', readonly string[]>> = {
  F: ['####', '#   ', '### ', '#   ', '#   ', '#   '],
  C: [' ###', '#   ', '#   ', '#   ', '#   ', ' ###'],
  B: ['### ', '#  #', '### ', '#  #', '#  #', '### '],
  A: [' ## ', '#  #', '#  #', '####', '#  #', '#  #'],
  '+': ['   ', '   ', ' # ', '###', ' # ', '   '],
};

/** Six lines of equal width; a dot of the letter takes two columns because a character is twice as high as wide. */
export function drawGrade(grade: Report['grade'], unicode: boolean): string[] {
  const dot = unicode ? '██' : '##';
  const parts = grade === 'A+' ? [letters.A, letters['+']] : [letters[grade]];
  return letters.A.map((_, row) =>
    parts.map((part) => [...(part[row] ?? '')].map((pixel) => (pixel === '#' ? dot : '  ')).join('')).join('  '),
  );
}
