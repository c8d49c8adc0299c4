/** Starts the page: the shell first, then the heavy parts while it is already on the screen. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { loadEditor, loadMonaco } from './editor/useMonaco';
import './styles/tokens.css';
import './styles/base.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// After the frame that shows the shell. A failure is shown by the editor, which asks again.
requestAnimationFrame(() => setTimeout(() => Promise.all([loadMonaco(), loadEditor()]).catch(() => undefined)));
