/** Configurations of proxies as the chapter on intermediaries gives them. */

/** `backends` are `host:port`. */
export function nginxConfig(port: number, folder: string, backends: readonly string[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
pid ${folder}/nginx.pid;
worker_processes 1;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  # The hostile header of the kit is to reach the server.
  large_client_header_buffers 4 32k;
  upstream app { ${backends.map((backend) => `server ${backend};`).join(' ')} keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location /stream/ {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_cache off;
      gzip off;
      proxy_read_timeout 75s;
      # nginx keeps it to itself; the kit is to see what the server says.
      proxy_pass_header X-Accel-Buffering;
    }
  }
}
`;
}

/** Connections go to the backends in turn. */
export function haproxyConfig(port: number, _folder: string, backends: readonly string[]): string {
  return `
global
    tune.bufsize 65536
defaults
    mode http
    option http-no-delay
    timeout connect 5s
    timeout client 75s
    timeout server 75s
frontend web
    bind 127.0.0.1:${port}
    default_backend app
backend app
    balance roundrobin
    ${backends.map((backend, index) => `server app${index} ${backend}`).join('\n    ')}
`;
}
