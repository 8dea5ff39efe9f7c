gateway {
  token "app" {
    value = env("EMPTY")
  }
}
