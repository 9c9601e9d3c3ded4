/** What a configuration is begun with: one of each thing most of them have. */
export const EXAMPLE_CONFIG = `{
  "upstreams": {
    "api": {
      "servers": [
        { "url": "http://127.0.0.1:3000", "weight": 2 },
        { "url": "http://127.0.0.1:3001" }
      ],
      "balance": "least-connections",
      "healthCheck": { "path": "/health", "intervalMs": 5000 }
    },
    "files": {
      "servers": [{ "url": "http://127.0.0.1:9000" }]
    }
  },
  "routes": [
    { "pathPrefix": "/files", "upstream": "files", "stripPrefix": true },
    { "upstream": "api" }
  ]
}
`;
