/** Puts the page together. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { StreamingSearch } from './streaming-search.js';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <StreamingSearch />
    </StrictMode>,
  );
}
