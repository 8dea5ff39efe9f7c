provider "groq" {
  key "main" {
    value = env("SET")
  }

}
