/**
 * Starts the page: the shell and, beside it, the document's WebAssembly, so that one can soon type.
 */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { preload } from 'collab-wasm';
import { App } from './App';
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
