provider "groq" {
  plugin = "a\qb"
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
