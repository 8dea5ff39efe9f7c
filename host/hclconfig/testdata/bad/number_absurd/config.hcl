provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {
    context = 1e999999999
  }

}
