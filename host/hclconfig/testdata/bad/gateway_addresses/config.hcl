gateway {
  listen       = "localhost"
  cors_origins = ["app.example", "https://app.example/path"]
  drain        = "2h"

  admin {
    listen = "unix:"
  }
  tls {
    cert = "server.crt"
  }
}
