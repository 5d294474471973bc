import { render } from 'preact';
import { AboutView } from './views/about.tsx';
import { HomeView } from './views/home.tsx';
import { LogView } from './views/logs.tsx';
import { PeopleView } from './views/people.tsx';
import { ShareView } from './views/share.tsx';

/** One bundle, every window; the address says which. */
function View() {
  const query = new URLSearchParams(window.location.search);
  switch (query.get('view') ?? 'home') {
    case 'logs':
      return <LogView id={query.get('server') ?? ''} />;
    case 'about':
      return <AboutView />;
    case 'share':
      return <ShareView id={query.get('server') ?? ''} />;
    case 'people':
      return <PeopleView />;
    default:
      return <HomeView />;
  }
}

const root = document.querySelector('#root');
if (root !== null) render(<View />, root);
