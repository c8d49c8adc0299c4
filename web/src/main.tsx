/**
 * Starts the page: the shell and, beside it, the document's WebAssembly, so that one can soon type;
 * the heavy editor while that is already on the screen.
 */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { preload } from 'collab-wasm';
import { App } from './App';
import { loadMonaco } from './editor/useMonaco';
import './styles/tokens.css';
import './styles/base.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

// A failure is reported by `connect`, which asks again.
preload().catch(() => undefined);

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// After the frame that shows the shell. A failure is shown by the editor, which asks again.
requestAnimationFrame(() => setTimeout(() => loadMonaco().catch(() => undefined)));
