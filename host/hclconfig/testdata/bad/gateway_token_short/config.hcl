gateway {
  token "app" {
    value = env("SET")
  }
  token "other" {
  }
}
