// Undici's index loads fetch, caches and mocks too: 57 ms and 10 MB when first needed; these two parts take 20 ms and 5 MB.
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}
declare module 'undici/lib/dispatcher/proxy-agent.js' {
  export { ProxyAgent as default } from 'undici';
}
