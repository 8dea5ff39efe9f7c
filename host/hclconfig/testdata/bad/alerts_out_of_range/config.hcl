alerts {
  error_rate = 10
  key_use    = 0
  window     = "1ms"

  webhook {
    url    = "ftp://canary.example/"
    secret = env("EMPTY")
  }
}
