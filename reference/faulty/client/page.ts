/** A page as far as the client looks at one: it is hidden and woken by lines on standard input. */
import { createInterface } from 'node:readline';

/** Sets the globals that a page has. `onHide` is called when the page is hidden. */
export function installPage(onHide: () => void): void {
  const page = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  Object.defineProperty(globalThis, 'document', { value: document, configurable: true });
  Object.defineProperty(globalThis, 'addEventListener', {
    value: page.addEventListener.bind(page),
    configurable: true,
  });
  const show = (visibilityState: string): void => {
    document.visibilityState = visibilityState;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'hide') {
      show('hidden');
      onHide();
    } else if (line === 'wake') {
      show('visible');
    }
  });
  if ('unref' in process.stdin) {
    process.stdin.unref();
  }
}
