gateway {
  token "app" {
    value = env("NOT_SET")
  }
}
