// @vitest-environment happy-dom
/** The CodeMirror binding. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collab } from '../src-ts/bindings/codemirror.js';
import type { Room } from '../src-ts/index.js';
import { append, freshName, join, leaveAll, meet, until } from './meeting.js';

let [here, there]: [Room, Room] = [] as never;
let views: EditorView[] = [];

beforeEach(async () => {
  const name = freshName();
  const user = { name: '<img src=x onerror=alert(1)>', color: '#ff0000' };
  here = await join(name);
  there = await join(name, { user });
});
afterEach(async () => {
  views.forEach((view) => view.destroy());
  views = [];
  await leaveAll();
});

function edit(room: Room, doc = room.files.open('main').text): EditorView {
  const state = EditorState.create({ doc, extensions: [collab(room, 'main')] });
  const view = new EditorView({ state, parent: document.body });
  views.push(view);
  return view;
}

const content = (view: EditorView): string => view.state.doc.toString();

test('both directions, with several changes in one transaction', async () => {
  append(here, 'one two three');
  await meet(here, there);
  const [mine, theirs] = [edit(here), edit(there)];
  mine.dispatch({
    changes: [
      { from: 0, to: 3, insert: '1\r\n' },
      { from: 8, insert: '2\n' },
    ],
  });
  await meet(here, there);
  expect(content(theirs)).toBe(content(mine));
  expect(content(mine)).toBe(here.files.open('main').text);
  expect(content(mine)).toBe('1\n two 2\nthree');
});

test('a view that begins with something else shows the room', async () => {
  append(here, 'truth');
  const view = edit(here, 'lies');
  await Promise.resolve();
  expect(content(view)).toBe('truth');
  expect(here.files.open('main').text).toBe('truth');
});

test('two views of one file in one page stay equal', () => {
  const [one, two] = [edit(here), edit(here)];
  one.dispatch({ changes: { from: 0, insert: 'abc' } });
  two.dispatch({ changes: { from: 3, insert: 'def' } });
  expect([content(one), content(two)]).toEqual(['abcdef', 'abcdef']);
  expect(here.files.open('main').text).toBe('abcdef');
});

test('a remote edit at the cursor does not push it', async () => {
  append(here, 'ab');
  await meet(here, there);
  const view = edit(here);
  view.dispatch({ selection: { anchor: 1 } });
  there.files.open('main').edit([{ at: 1, delete: 0, insert: 'X' }]);
  await meet(here, there);
  expect([content(view), view.state.selection.main.head]).toEqual(['aXb', 1]);
});

test('undo keys undo only what was typed here', async () => {
  const view = edit(here);
  view.dispatch({ changes: { from: 0, insert: 'mine' } });
  await meet(here, there);
  there.files.open('main').edit([{ at: 0, delete: 0, insert: 'theirs ' }]);
  await meet(here, there);
  const press = (key: string): boolean =>
    view.contentDOM.dispatchEvent(
      new KeyboardEvent('keydown', { key, ctrlKey: true, cancelable: true, bubbles: true }),
    );
  press('z');
  expect(content(view)).toBe('theirs ');
  press('y');
  expect(content(view)).toBe('theirs mine');
});

test('remote cursors show names as text', async () => {
  append(here, 'hello');
  await meet(here, there);
  const view = edit(here);
  there.presence.setCursor('main', 1, 3);
  await until(here, () =>
    here.presence.list().some(({ self, cursor }) => !self && cursor !== null),
  );
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const label = view.dom.querySelector('.collab-caret-name');
  expect(label?.textContent).toBe('<img src=x onerror=alert(1)>');
  expect(view.dom.querySelector('img[src]')).toBeNull();
  const selection = view.dom.querySelector<HTMLElement>('.collab-selection');
  expect(selection?.getAttribute('style')).toContain('background-color: #ff000033');
});

test('a closed room leaves the view usable', async () => {
  append(here, 'text');
  const view = edit(here);
  await here.close();
  view.dispatch({ changes: { from: 0, insert: 'more ' }, selection: { anchor: 2 } });
  expect(content(view)).toBe('more text');
});
