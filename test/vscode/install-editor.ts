import { installBrowser } from '../panel/browser.ts';
import { installEditor } from './host.ts';

installBrowser();
installEditor();
