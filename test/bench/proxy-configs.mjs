/** nginx and HAProxy as they are measured: one worker, no access log, kept connections on both sides. */

/** What every nginx here has. Temporary files go where the configuration is, as it may not run as root. */
export const nginx = (/** @type {string} */ folder, /** @type {string} */ http) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${http}
}
`;

/** @typedef {{ folder: string, port: number }} Place */

/** The server that all proxies ask: a reply out of memory, and files. */
export const nginxUpstream = (/** @type {Place} */ { folder, port }) =>
  nginx(
    folder,
    `  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /small { default_type text/plain; return 200 "ok\\n"; }
    location / { root ${folder}; }
  }`,
  );

/** `proxy_pass` with kept connections upstream, as its documents ask for; else its defaults. */
export const nginxProxy = (/** @type {Place} */ { folder, port }, /** @type {number} */ upstreamPort) =>
  nginx(
    folder,
    `  upstream measured {
    server 127.0.0.1:${upstreamPort};
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://measured;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }`,
  );

export const haproxy = (/** @type {Place} */ { port }, /** @type {number} */ upstreamPort) => `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:${port}
  default_backend measured
backend measured
  server one 127.0.0.1:${upstreamPort}
`;
