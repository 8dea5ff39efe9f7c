provider "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
