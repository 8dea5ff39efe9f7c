gateway {
  token "app" {
    value = "canary-token-0123456789"
  }
  token "other" {
    value   = "canary-token-0123456789"
    expires = "tomorrow"
    models  = [""]
  }
}
