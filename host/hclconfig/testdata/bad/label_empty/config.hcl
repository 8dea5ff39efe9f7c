provider "groq" {
  key "" {
    value = env("SET")
  }
  model "fast" {}

}
