provider "groq" {
  key "main" {
    value = env("SET")
    limits {
      rpm = 3
    }
  }
  model "fast" {}

}
