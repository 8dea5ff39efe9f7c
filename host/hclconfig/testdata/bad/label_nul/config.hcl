provider "groq" {
  key "a\u0000b" {
    value = env("SET")
  }
  model "fast" {}

}
