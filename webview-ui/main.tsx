import { render } from 'preact';
import { useState } from 'preact/hooks';
import { App } from './app.tsx';
import { browserHost, editorHost, session } from './host.ts';
import { Login } from './login.tsx';
import { Sidebar } from './sidebar.tsx';
import './style.css';
import './theme.css';
import { followSystem, showTheme } from './theme.ts';

const place = document.getElementById('panel') ?? document.body;
const kind = document.body.dataset['panel'];

if (kind === 'sidebar') render(<Sidebar host={editorHost(kind)} />, place);
else if (kind === 'tab') render(<App host={editorHost(kind)} />, place);
else {
  showTheme();
  followSystem();
  render(<Browser />, place);
}

function Browser() {
  const [isIn, setIn] = useState(session.key() !== null);
  const [host] = useState(() =>
    browserHost(() => {
      session.end();
      setIn(false);
    }),
  );
  return isIn ? <App host={host} /> : <Login onLogin={() => setIn(true)} />;
}
