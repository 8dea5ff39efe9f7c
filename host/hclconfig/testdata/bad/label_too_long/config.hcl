provider "groq" {
  key "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" {
    value = env("SET")
  }
  model "fast" {}

}
