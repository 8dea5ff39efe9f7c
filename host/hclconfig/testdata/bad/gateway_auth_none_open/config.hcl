gateway {
  listen = ":8080"
  auth   = "none"

  token "app" {
    value = "canary-token-0123456789"
  }
}
